/**
 * What is told of a heap is what valgrind told of the same source natively (tools/heap-golden.ts), and watching it
 * changes nothing.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type HeapLeak, type HeapProcess, type Tier } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { describeDebian, imageOf } from './image.ts';

const root = resolve(import.meta.dirname, '../..');
const program = readFileSync(join(root, 'guest/heap.elf'));
const golden = JSON.parse(readFileSync(join(root, 'test/golden/heap.json'), 'utf8')) as Record<
  string,
  Told[]
>;

interface Leak {
  readonly calls: readonly string[];
  readonly bytes: number;
  readonly blocks: number;
}

interface Told {
  readonly allocs: number;
  readonly frees: number;
  readonly allocated: number;
  readonly inUse: { readonly bytes: number; readonly blocks: number };
  readonly leaks: readonly Leak[];
}

interface Run {
  readonly hash: string;
  readonly heaps: readonly HeapProcess[];
}

function run(name: string, isWatched: boolean, tier: Tier = 'mixed'): Run {
  const layers = [...imageOf('debian')!.layers, fileLayer({ '/bin/heap': program })];
  const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 28, tier });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const heap = isWatched ? machine.watchHeap() : null;
  const started = machine.spawn({ argv: ['/bin/heap', name], env: {}, stdout: 'pipe', stderr: 'stdout' });
  if (isProblem(started)) throw new Error(started.sentence);
  while (machine.waitStatus(started.pid) === null) {
    machine.run(1e8);
    machine.read(started.stdout);
  }
  expect(machine.waitStatus(started.pid)).toBe(0);
  return { hash: `${machine.stateHash()} ${machine.retired}`, heaps: heap?.().processes ?? [] };
}

/** Leaks by the functions of the program itself that led to them. */
function byFunctions(leaks: readonly Leak[]): Leak[] {
  const found = new Map<string, { calls: readonly string[]; bytes: number; blocks: number }>();
  for (const { calls, bytes, blocks } of leaks) {
    const sum = found.get(calls.join()) ?? { calls, bytes: 0, blocks: 0 };
    sum.bytes += bytes;
    sum.blocks += blocks;
    found.set(calls.join(), sum);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, leak]) => leak);
}

const own = ({ calls, bytes, blocks }: HeapLeak): Leak => ({
  calls: calls
    .filter(({ at }) => at.file === '/bin/heap' && at.symbol !== '_start')
    .map(({ at }) => at.symbol),
  bytes,
  blocks,
});

const withoutLines = ({ calls, bytes, blocks }: Leak): Leak => ({
  calls: calls.map((call) => call.split(' ')[0]!),
  bytes,
  blocks,
});

describeDebian('The heap of a program', () => {
  test.each(Object.keys(golden))('is what valgrind says of it: %s', (name) => {
    const { heaps, hash } = run(name, true);
    const told = heaps.map(({ allocs, frees, allocated, inUse, leaks }) => ({
      allocs,
      frees,
      allocated,
      inUse,
      leaks: byFunctions(leaks.map(own)),
    }));
    const expected = golden[name]!.map(({ allocs, frees, allocated, inUse, leaks }) => ({
      allocs,
      frees,
      allocated,
      inUse,
      leaks: byFunctions(leaks.map(withoutLines)),
    }));
    // Whoever ends first is told of first, natively by pid.
    expect(told.toSorted((a, b) => a.allocs - b.allocs)).toEqual(
      expected.toSorted((a, b) => a.allocs - b.allocs),
    );
    expect(run(name, true).hash).toBe(hash);
    expect(run(name, false).hash).toBe(hash);
  });

  test.each(['interpreter', 'compiler'] as const)('is the same on the tier %s', (tier) => {
    expect(run('many', true, tier)).toEqual(run('many', true));
  });
});
