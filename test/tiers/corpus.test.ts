/**
 * Every program leaves the same machine behind, however it is executed and however the host cuts its runs. `npm test`
 * takes every so many of the programs; TIMESLICE_TIERS=all takes all of them, in all shapes (`npm run test:tiers`).
 */
import { expect, test, vi } from 'vitest';
import { corpus, type Manner, type Part, play, type Shape } from './corpus.ts';

// Most programs are too short for what is hot in earnest.
vi.mock('../../src/hart/tier.ts', async (original) => ({
  ...(await original<typeof import('../../src/hart/tier.ts')>()),
  hotAfter: (tier: string) => (tier === 'compiler' ? 1 : 30),
}));

const IS_LONG = process.env['TIMESLICE_TIERS'] === 'all';
/** `npm test` runs one of so many. */
const SHARE = 13;

const SHAPES: readonly Shape[] = [
  { cpus: 1, quantum: 5_000_000 },
  { cpus: 2, quantum: 7_777 },
  { cpus: 4, quantum: 100_003 },
];
const REFERENCE: Manner = { tier: 'interpreter', chunk: 50_000_000 };
const MANNERS: readonly Manner[] = [
  { tier: 'compiler', chunk: 777_777 },
  { tier: 'mixed', chunk: 50_000_000 },
  { tier: 'mixed', chunk: 1_000 },
];

const all = corpus();
/** What has failed once. */
const known = all.flatMap((part) => (part.name === 'libc: library' ? [{ part, shape: SHAPES[1]! }] : []));
const chosen = all.filter((_, i) => i % SHARE === 0);
const rows = IS_LONG
  ? all.flatMap((part) => SHAPES.map((shape) => ({ part, shape })))
  : [...chosen.map((part, i) => ({ part, shape: SHAPES[i % SHAPES.length]! })), ...known];

/** Where all that is mapped is compiled at once, a large program takes minutes. */
const suits = (part: Part, { tier, chunk }: Manner): boolean => {
  if (part.name.startsWith('debian')) return tier === 'mixed' && (IS_LONG || chunk > 1000);
  return part.stop === undefined || chunk > 1000;
};

test.each(rows)(
  '$part.name, $shape.cpus processors, a quantum of $shape.quantum',
  ({ part, shape }) => {
    const should = play(part, shape, REFERENCE);
    for (const manner of MANNERS.filter((each) => suits(part, each)))
      expect({ manner, ...play(part, shape, manner) }).toEqual({ manner, ...should });
  },
  600_000,
);
