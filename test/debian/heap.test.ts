/**
 * What is told of a heap is what valgrind told of the same source natively (tools/heap-golden.ts), and watching it
 * changes nothing.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openRecording } from '../../src/api/index.ts';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type HeapLeak, type HeapProcess, type Tier } from '../../src/machine/index.ts';
import { heapLines, pcbLines } from '../../src/views/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { record } from '../recording.ts';
import { describeDebian, imageOf } from './image.ts';

const root = resolve(import.meta.dirname, '../..');
const program = readFileSync(join(root, 'guest/heap.elf'));
const SOURCE = readFileSync(join(root, 'guest/heap/heap.c'), 'utf8').split('\n');
const golden = JSON.parse(readFileSync(join(root, 'test/golden/heap.json'), 'utf8')) as Record<
  string,
  Told[]
>;

interface Leak {
  readonly kind: string;
  readonly calls: readonly string[];
  readonly bytes: number;
  readonly blocks: number;
}

interface Told {
  readonly allocs: number;
  readonly frees: number;
  readonly allocated: number;
  readonly inUse: { readonly bytes: number; readonly blocks: number };
  readonly kinds: Readonly<Record<string, { readonly bytes: number; readonly blocks: number }>>;
  readonly leaks: readonly Leak[];
}

interface Run {
  readonly hash: string;
  readonly heaps: readonly HeapProcess[];
}

const runCase = (name: string, isWatched: boolean, tier?: Tier): Run =>
  run(['/bin/heap', name], isWatched, tier);

function run(argv: readonly string[], isWatched: boolean, tier: Tier = 'mixed'): Run {
  const layers = [...imageOf('debian')!.layers, fileLayer({ '/bin/heap': program })];
  const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 28, tier });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const heap = isWatched ? machine.watchHeap() : null;
  const started = machine.spawn({ argv, env: { PATH: '/usr/bin' }, stdout: 'pipe', stderr: 'stdout' });
  if (isProblem(started)) throw new Error(started.sentence);
  while (machine.waitStatus(started.pid) === null) {
    machine.run(1e8);
    machine.read(started.stdout);
  }
  expect(machine.waitStatus(started.pid)).toBe(0);
  return { hash: `${machine.stateHash()} ${machine.retired}`, heaps: heap?.().processes ?? [] };
}

/** Leaks by the functions and lines of the program itself that led to them. */
function byCalls(leaks: readonly HeapLeak[]): Leak[] {
  const found = new Map<string, { kind: string; calls: readonly string[]; bytes: number; blocks: number }>();
  for (const { kind, calls: all, bytes, blocks } of leaks) {
    const own = all.filter(({ at }) => at.source?.file === 'guest/heap/heap.c');
    const calls = own.map(({ at }) => `${at.symbol} heap.c:${at.source!.line}`);
    const key = [kind, ...calls].join();
    const sum = found.get(key) ?? { kind, calls, bytes: 0, blocks: 0 };
    sum.bytes += bytes;
    sum.blocks += blocks;
    found.set(key, sum);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, leak]) => leak);
}

describeDebian('The heap of a program', () => {
  test.each(Object.keys(golden))('is what valgrind says of it: %s', (name) => {
    const { heaps, hash } = runCase(name, true);
    const told = heaps.map(({ allocs, frees, allocated, inUse, kinds, leaks }) => ({
      allocs,
      frees,
      allocated,
      inUse,
      kinds,
      leaks: byCalls(leaks),
    }));
    // Whoever ends first is told of first, natively by pid.
    expect(told.toSorted((a, b) => a.allocs - b.allocs)).toEqual(
      golden[name]!.toSorted((a, b) => a.allocs - b.allocs),
    );
    expect(runCase(name, true).hash).toBe(hash);
    expect(runCase(name, false).hash).toBe(hash);
  });

  test('is told of a recording that was made without watching', async () => {
    const { heaps } = runCase('forks', true);
    const image = { layers: [...imageOf('debian')!.layers, fileLayer({ '/bin/heap': program })] };
    const { bytes, hash } = await record(['/bin/heap', 'forks'], [], { image, env: {}, memory: 2 ** 28 });
    const recording = await openRecording(bytes, { openLayer: () => imageOf('debian')!.layers[0]! });
    const end = await recording.at('end', { isHeapWatched: true });
    expect(end.stateHash()).toBe(hash);
    expect(end.heap()!.processes.map(({ allocs, leaks }) => [allocs, leaks])).toEqual(
      heaps.map(({ allocs, leaks }) => [allocs, leaks]),
    );
    expect((await recording.at('end')).heap()).toBeNull();
  });

  test('is another one after exec, and of processes with threads', () => {
    const script =
      'ls / | sort >/dev/null; exec python3 -c "import threading; threading.Thread(target=int).start()"';
    const watched = run(['bash', '-c', script], true);
    expect(run(['bash', '-c', script], false).hash).toBe(watched.hash);
    const told = watched.heaps.map(({ argv, ended }) => [argv[0]!.split('/').at(-1), ended]);
    // A shell's children have its heap until they are programs of their own.
    expect(told).toEqual([
      ['bash', 'exec'],
      ['python3', 'exit'],
      ['bash', 'exec'],
      ['ls', 'exit'],
      ['bash', 'exec'],
      ['sort', 'exit'],
    ]);
    for (const { allocs, frees, inUse } of watched.heaps) expect(allocs - frees).toBe(inUse.blocks);
  });

  test('reads well in both languages, at any width', () => {
    const heap = { processes: runCase('simple', true).heaps };
    const text = heapLines(heap, 'en', { width: 80, isUnicode: true }).join('\n');
    expect(text).toMatch(
      /^Heap of \/bin\/heap simple 2 \(ended\)\n {2}in use +304,247 bytes in 9 blocks\n {4}definitely lost +51 bytes in 5 blocks\n {4}still reachable +304,196 bytes in 4 blocks\n {2}in total +10 allocs, 1 free, 305,247 bytes asked for\n/,
    );
    expect(text).toMatch(/\n {2}definitely lost: 20 bytes in 1 block\n {4}malloc\+0x0 \(/);
    expect(heapLines(heap, 'ko', { width: 80, isUnicode: true }).join('\n')).toMatch(
      /누계 +할당 10회, 해제 1회, 305,247바이트 요청\n[\s\S]*아직 도달 가능: 300,000바이트, 블록 1개\n/,
    );
    const ascii = heapLines(heap, 'en', { width: 20, isUnicode: false });
    expect(ascii.join('')).toMatch(/^[ -~µ]*$/);
  });

  test('has source lines in stack frames, and names of code that was made on the way', () => {
    const layers = [...imageOf('debian')!.layers, fileLayer({ '/bin/heap': program })];
    const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 28 });
    if (isProblem(machine)) throw new Error(machine.sentence);
    const started = machine.spawn({ argv: ['/bin/heap', 'compiled'], env: {} });
    if (isProblem(started)) throw new Error(started.sentence);
    while (machine.run(1e8).state === 'running');
    const before = machine.stateHash();
    const frames = machine
      .pcb(started.pid)!
      .frames.map(({ at }) => [at.symbol, at.source?.file.split('/').at(-1)]);
    expect(machine.stateHash()).toBe(before);
    const from = frames.findIndex(([symbol]) => symbol === 'wait_for_ever');
    expect(frames.slice(from, from + 4)).toEqual([
      ['wait_for_ever', 'heap.c'],
      ['calls its argument', undefined],
      ['compiled', 'heap.c'],
      ['main', 'heap.c'],
    ]);
    const text = pcbLines(machine.pcb(started.pid)!, 0, 'en', { width: 200, isUnicode: true }).join('\n');
    const line = SOURCE.findIndex((text) => text.includes('(wait_for_ever);')) + 1;
    expect(text).toContain(`guest/heap/heap.c:${line} (/bin/heap)`);
  });

  test.each(['interpreter', 'compiler'] as const)('is the same on the tier %s', (tier) => {
    expect(runCase('many', true, tier)).toEqual(runCase('many', true));
  });
});
