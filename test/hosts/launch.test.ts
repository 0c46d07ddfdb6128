/** A run that begins where an earlier one was kept is the same run: output, status, instructions, state hash. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Beginnings, type LaunchOptions, launch, memoryLayer } from '../../src/api/index.ts';
import { storedBeginnings } from '../../src/host-node/index.ts';
import { describeDebian, imageOf } from '../debian/image.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const tiny = memoryLayer('tiny of the tests', { '/bin/tiny': { bytes: elf, mode: 0o755 } });

/** Beginnings in memory. */
class Memory implements Beginnings {
  readonly kept = new Map<string, Uint8Array>();
  readonly digest = storedBeginnings('', { build: 'test' })!.digest;
  readonly load = (key: Uint8Array) => this.kept.get(key.join());
  readonly save = (key: Uint8Array, bytes: Uint8Array) => void this.kept.set(key.join(), bytes.slice());
  readonly forget = (key: Uint8Array) => void this.kept.delete(key.join());
}

async function play(argv: readonly string[], options: LaunchOptions, stdin = '') {
  const { machine, program, isWarm } = await launch(argv, { tier: 'interpreter', ...options, stdin: 'pipe' });
  program.stdin.write(stdin);
  program.stdin.end();
  const output = Promise.all([program.stdout.text(), program.stderr.text()]);
  const ended = await program.wait();
  machine.close();
  const events = machine.events().map(({ seq, at, kind }) => `${seq} ${at} ${kind}`);
  return { isWarm, run: { output: await output, ended, hash: machine.stateHash(), events } };
}

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds));

/** Runs cold, keeping; then warm at another time, and cold at that time. */
async function compare(argv: readonly string[], options: LaunchOptions, stdin?: string) {
  const beginnings = new Memory();
  const first = await play(argv, { ...options, beginnings, epoch: at(0) }, stdin);
  const warm = await play(argv, { ...options, beginnings, epoch: at(777) }, stdin);
  const cold = await play(argv, { ...options, epoch: at(777) }, stdin);
  expect(first.isWarm).toBe(false);
  expect(warm.run).toEqual(cold.run);
  return { warm, first, beginnings };
}

describe('a warm start', () => {
  const image = [tiny];
  const loop = (more: string) => `i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; ${more}`;

  test('of a program that then writes', async () => {
    const { warm } = await compare(['/bin/tiny', 'sh', '-c', loop('echo done')], { image });
    expect(warm).toMatchObject({ isWarm: true, run: { output: ['done\n', ''] } });
  });

  test('of one that then reads its input', async () => {
    const argv = ['/bin/tiny', 'sh', '-c', loop('read x; echo got $x')];
    const { warm, beginnings } = await compare(argv, { image }, 'one\n');
    expect(warm).toMatchObject({ isWarm: true, run: { output: ['got one\n', ''] } });
    const other = await play(argv, { image, beginnings, epoch: at(1) }, 'two\n');
    expect(other).toMatchObject({ isWarm: true, run: { output: ['got two\n', ''] } });
  });

  test('of one that ends in silence', async () => {
    const { warm } = await compare(['/bin/tiny', 'sh', '-c', loop('exit 3')], { image });
    expect(warm).toMatchObject({ isWarm: true, run: { ended: { status: 3 } } });
  });

  test('of one that asks for the time tells the time of its own run', async () => {
    const { warm, first } = await compare(['/bin/tiny', 'sh', '-c', loop('/bin/tiny date')], { image });
    expect(warm.isWarm).toBe(true);
    expect(warm.run.output).not.toEqual(first.run.output);
  });

  test('is none for a short program, another one, other arguments, environment, folder or seed', async () => {
    const beginnings = new Memory();
    await play(['/bin/tiny', 'true'], { image, beginnings });
    expect(beginnings.kept.size).toBe(0);
    const argv = ['/bin/tiny', 'sh', '-c', loop('true')];
    const base: LaunchOptions = { image, beginnings, env: { A: '1' } };
    await play(argv, base);
    const others: readonly (readonly [readonly string[], LaunchOptions])[] = [
      [[...argv, 'x'], base],
      [argv, { ...base, env: { A: '2' } }],
      [argv, { ...base, cwd: '/bin' }],
      [argv, { ...base, seed: 1 }],
      [argv, { ...base, cpus: 2 }],
      [argv, { ...base, quantum: 1e6 }],
      [argv, { ...base, stderr: 'stdout' }],
      [argv, { ...base, window: { rows: 1, columns: 1 } }],
      [argv, { ...base, epoch: at(0) }],
    ];
    for (const [words, options] of others) expect((await play(words, options)).isWarm).toBe(false);
    expect((await play(argv, base)).isWarm).toBe(true);
  });

  test('of a program that then looks at a folder of the host sees it as it is', async () => {
    const folder = (text: string) => ({
      ...memoryLayer('a folder', { '/sub/file': text }),
      isOutside: true,
    });
    const argv = ['/bin/tiny', 'sh', '-c', loop('/bin/tiny cat /work/sub/file')];
    const beginnings = new Memory();
    await play(argv, { image, beginnings, mounts: { '/work': folder('one\n') } });
    const again = await play(argv, { image, beginnings, mounts: { '/work': folder('two\n') } });
    expect(again).toMatchObject({ isWarm: true, run: { output: ['two\n', ''] } });
    // To begin in it is to look into it.
    const inside = { image, beginnings: new Memory(), cwd: '/work/sub' };
    await play(argv, { ...inside, mounts: { '/work': folder('one\n') } });
    expect(inside.beginnings.kept.size).toBe(0);
  });

  test('what is kept and cannot be used is made again', async () => {
    const argv = ['/bin/tiny', 'sh', '-c', loop('echo done')];
    const beginnings = new Memory();
    const first = await play(argv, { image, beginnings });
    for (const [key, bytes] of beginnings.kept) beginnings.kept.set(key, bytes.subarray(0, 5000));
    const second = await play(argv, { image, beginnings });
    expect(second).toEqual(first);
    expect((await play(argv, { image, beginnings })).isWarm).toBe(true);
  });
});

describeDebian('a warm start of CPython', () => {
  const options = () => ({ image: imageOf('debian')!, env: { PATH: '/usr/bin', LANG: 'C.UTF-8' } });
  for (const [name, code] of [
    ['that does nothing', 'pass'],
    ['that imports and prints the time', 'import json, time; print(time.time_ns(), json.dumps([1]))'],
    ['that forks', 'import os; p = os.fork(); print(p > 0, os.getpid()); p and os.wait()'],
  ] as const)
    test(name, async () => {
      const { warm } = await compare(['python3', '-c', code], options());
      expect(warm.isWarm).toBe(true);
      expect(warm.run.ended.status).toBe(0);
    });
});
