/**
 * The kernel's tests on machines that nobody would buy: several processors, slices so short that everything is
 * interrupted everywhere, dear switches. And however the host cuts a run into pieces, it is the same run.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type MachineOptions } from '../../src/machine/index.ts';
import { type GuestCase, mismatch } from '../guest/case.ts';
import { linuxCases } from '../linux/cases.ts';
import { fileLayer } from '../machine-fixture.ts';
import { hostileProgram, trueProgram } from './hostile-program.ts';

const suite = readFileSync(resolve(import.meta.dirname, '../../guest/suite.elf'));
const LIMITS = { hasInit: true, memory: 32 * 2 ** 20, strict: true, maxInstructions: 3_000_000_000 };
const encode = (text: string) => new TextEncoder().encode(text);

/** Runs a program until nothing is left to do; its output is taken after each piece. */
function runInPieces(
  files: Readonly<Record<string, Uint8Array | string>>,
  { argv, stdin = '' }: Pick<GuestCase, 'argv' | 'stdin'>,
  options: Partial<MachineOptions>,
  piece: number,
) {
  const machine = bootMachine({ ...LIMITS, ...options, layers: [fileLayer(files)] });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const streams = { stdin: 'pipe', stdout: 'pipe', stderr: 'console' } as const;
  const program = machine.spawn({ argv, cwd: '/work', env: { PATH: '/nonexistent' }, ...streams });
  if (isProblem(program)) throw new Error(program.sentence);
  machine.write(program.stdin, encode(stdin));
  machine.close(program.stdin);
  const decoder = new TextDecoder();
  let stdout = '';
  let state: string;
  do {
    state = machine.run(piece).state;
    stdout += decoder.decode(machine.read(program.stdout).bytes, { stream: true });
    machine.screen();
  } while (state === 'running' || state === 'output-full');
  expect(machine.check()).toEqual([]);
  const { retired, now } = machine;
  return { stdout, status: machine.waitStatus(program.pid), state, retired, now, hash: machine.stateHash() };
}

const files = { '/work/.keep': '', '/bin/suite': suite };
const suiteOf = (c: GuestCase) => ({ ...c, argv: ['/bin/suite', ...c.argv] });
const exitOf = (status: number | null): number | null =>
  status === null ? null : (status & 0x7f) === 0 ? status >> 8 : 128 + (status & 0x7f);

describe.each([
  { cpus: 2, quantum: 1000 },
  { cpus: 4, quantum: 997, switchCost: 2000 },
  { cpus: 1, quantum: 997, switchCost: 333 },
  { cpus: 8, quantum: 101, diskTime: 100_000 },
])('the kernel tests with %o', (options) => {
  test.each(linuxCases)('$name', (c) => {
    const { stdout, status } = runInPieces(files, suiteOf(c), options, 5_000_000);
    expect(mismatch(c, stdout)).toBeNull();
    expect(exitOf(status)).toBe(c.status);
  });
});

describe('a run in pieces of 1,000 or 777,777 instructions is the whole run', () => {
  const PIECES = [1_000, 777_777];
  const WHOLE = 50_000_000;

  test.each(linuxCases)('$name', (c) => {
    const options = { cpus: 3, quantum: 9973 };
    const whole = runInPieces(files, suiteOf(c), options, WHOLE);
    for (const piece of PIECES) expect(runInPieces(files, suiteOf(c), options, piece)).toEqual(whole);
  });

  test.each([1, 2, 3, 4, 5, 6])('hostile calls of seed %i', (seed) => {
    const hostile = {
      '/work/.keep': '',
      '/bin/hostile': hostileProgram(seed, { children: 20, calls: 12 }),
      '/bin/true': trueProgram(),
    };
    const bounds = { maxInstructions: 2_000_000, virtualTimeout: 1_000_000_000, maxProcesses: 40 };
    const options = {
      ...bounds,
      seed,
      cpus: 1 + (seed % 4),
      quantum: 900 + seed,
      diskTime: seed % 2 ? 5000 : 0,
    };
    const argv = ['/bin/hostile'];
    const whole = runInPieces(hostile, { argv }, options, WHOLE);
    for (const piece of PIECES) expect(runInPieces(hostile, { argv }, options, piece)).toEqual(whole);
  });
});
