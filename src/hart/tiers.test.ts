import { expect, test, vi } from 'vitest';
import { disagreement, newTally } from './agreement.ts';
import { OracleProcessor } from './oracle-processor.ts';
import { randomTrial } from './random-trial.ts';
import { smallest } from './shrink.ts';
import { HartProcessor, type Processor, type Stop } from './trial.ts';
import type { CodeWatcher } from './watch.ts';

// Tests are too short for what is hot in earnest.
vi.mock('./tier.ts', async (original) => ({
  ...(await original<typeof import('./tier.ts')>()),
  hotAfter: (tier: string) => (tier === 'compiler' ? 1 : 5),
}));

/** More of them: TIMESLICE_TRIALS=1000 TIMESLICE_SEED=5000. */
const TRIALS = Number(process.env['TIMESLICE_TRIALS'] ?? 20);
const FIRST = Number(process.env['TIMESLICE_SEED'] ?? 1);

/** Runs many trials; a failure is told with its seed and the events it needs. */
function hold(processors: readonly Processor[], most: number, trials: number): void {
  for (let seed = FIRST; seed < FIRST + trials; seed++) {
    const found = disagreement(randomTrial(seed, most), processors);
    if (found === null) continue;
    const { trial, disagreement: least } = smallest(randomTrial(seed, most), processors);
    expect.fail(`seed ${seed}: ${JSON.stringify({ ...least, events: trial.events })}`);
  }
}

test('random programs run alike when they are interpreted, compiled at once, and compiled when hot', () => {
  const tiers = (['interpreter', 'compiler', 'mixed'] as const).map((tier) => new HartProcessor(tier, tier));
  hold(tiers, 4000, TRIALS);
}, 600_000);

test('random programs that run for long are compiled when hot and go on alike', () => {
  const tiers = (['interpreter', 'mixed'] as const).map((tier) => new HartProcessor(tier, tier));
  hold(tiers, 100_000, TRIALS / 2);
}, 600_000);

test('random programs run as the oracle says', () => {
  hold([new OracleProcessor(), new HartProcessor('mixed', 'mixed')], 1500, TRIALS);
}, 600_000);

/** Watches every sixteenth half-word or so, and where `ra` points to at every third arrival. */
class Everywhere implements CodeWatcher {
  arrivals = 0;
  opened(frame: number): number[] {
    return Array.from({ length: 128 }, (_, i) => 32 * i + 2 * ((frame + i * 7) % 16));
  }
  arrived(): boolean {
    return ++this.arrivals % 3 === 0;
  }
}

test('watched instructions change nothing in any tier, and are met', () => {
  const watcher = new Everywhere();
  const tiers = (['interpreter', 'compiler', 'mixed'] as const).map(
    (tier) => new HartProcessor(`watched ${tier}`, tier, watcher),
  );
  hold([new HartProcessor('mixed', 'mixed'), ...tiers], 4000, TRIALS);
  expect(watcher.arrivals).toBeGreaterThan(1000);
}, 600_000);

/** A processor that is wrong in one thing, once in a while. */
class Broken extends HartProcessor {
  runs = 0;
  private readonly breakIt: (processor: Broken, stop: Stop) => Stop;

  constructor(breakIt: (processor: Broken, stop: Stop) => Stop) {
    super('broken', 'interpreter');
    this.breakIt = breakIt;
  }

  override run(budget: number): Stop {
    this.runs++;
    const stop = super.run(budget);
    return this.runs % 50 === 0 ? this.breakIt(this, stop) : stop;
  }
}

const MISTAKES: Record<string, (processor: Broken, stop: Stop) => Stop> = {
  'does one instruction too many': (p, stop) => {
    p.runs = 1;
    p.run(1);
    return stop;
  },
  'counts one too few': (_, stop) => ({ ...stop, retired: stop.retired + 1 }),
  'tells another cause': (_, stop) => ({ ...stop, cause: stop.cause === 'slice' ? 'ecall' : 'slice' }),
  'tells another address': (_, stop) => ({ ...stop, tval: stop.tval ^ 1n }),
  'forgets to write a register back': (p, stop) => {
    p.registers()[8 * 10]! ^= 1;
    return stop;
  },
  'forgets a flag': (p, stop) => {
    p.registers()[0x208]! ^= 1;
    return stop;
  },
  'stores a byte elsewhere': (p, stop) => {
    p.memory()[0x6123]! ^= 1;
    return stop;
  },
};

test.each(Object.entries(MISTAKES))('the trials catch a processor that %s', (_, mistake) => {
  const all = [new HartProcessor('interpreter', 'interpreter'), new Broken(mistake)];
  const seeds = Array.from({ length: 5 }, (_none, i) => i + 1);
  expect(seeds.some((seed) => disagreement(randomTrial(seed, 1000), all) !== null)).toBe(true);
});

test('the trials meet every way to stop, and run for long between', () => {
  const tally = newTally();
  const all = [new HartProcessor('interpreter', 'interpreter')];
  for (let seed = 1; seed <= 60; seed++) disagreement(randomTrial(seed), all, tally);
  expect([...tally.causes.keys()].toSorted()).toEqual([
    'breakpoint',
    'ecall',
    'fetch-fault',
    'illegal',
    'load-fault',
    'misaligned-load',
    'misaligned-store',
    'slice',
    'store-fault',
  ]);
  expect(tally.retired / tally.runs).toBeGreaterThan(50);
});
