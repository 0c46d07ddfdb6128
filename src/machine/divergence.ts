/**
 * The first instruction after which two machines differ that should be alike. Both are deterministic, so they are
 * begun again as often as needed: state hashes are compared at growing distances, then in between.
 */
import { isProblem, type Problem } from '../base/index.ts';
import {
  type Difference,
  differencesOf,
  type Executed,
  executedBetween,
  lookAt,
  placesOf,
} from './difference.ts';
import type { Machine } from './machine.ts';
import type { RunState } from './run-state.ts';

/** A machine whose program is started, and the host's ends of its output, which nobody reads. */
export interface Subject {
  readonly machine: Machine;
  readonly outputs: readonly number[];
}

/** Begins one of the two machines, each time in the same way. */
export type Begin = () => Subject | Problem;

/** Where two machines part. */
export interface Divergence {
  /** So many instructions left them alike. */
  readonly alike: number;
  /** After so many they differ: one more, unless the difference comes and goes with where runs are cut. */
  readonly differ: number;
  /** Their options differ, so that only where their programs stand was compared. */
  readonly isByPlace: boolean;
  /** What the first machine executed between. */
  readonly executed: Executed | null;
  readonly differences: readonly Difference[];
}

const FIRST_DISTANCE = 1000;
const MOST_DISTANCE = 64_000_000;
/** Hashes of one pass between what is alike and what is not. */
const PROBES = 16;

type Pair = readonly [Subject, Subject];

/** Goes on until so many instructions were retired; false when the machine will do no more. */
function advance({ machine, outputs }: Subject, to: number): boolean {
  while (machine.retired < to) {
    const run = machine.run(to - machine.retired);
    for (const port of outputs) machine.read(port);
    machine.screen();
    if (!goesOn(run)) return false;
  }
  return true;
}

const goesOn = ({ state }: RunState): boolean => state === 'running' || state === 'output-full';

class Search {
  private readonly begins: readonly [Begin, Begin];
  private readonly stop: number;
  /** Where runs were cut up to what is alike: they are cut there again, for a tier may care. */
  private trail: number[] = [];
  private alike = 0;
  private differ = 0;

  constructor(begins: readonly [Begin, Begin], stop: number) {
    this.begins = begins;
    this.stop = stop;
  }

  private isByPlace = false;

  private isAlike([a, b]: Pair): boolean {
    if (this.isByPlace) return placesOf(a.machine) === placesOf(b.machine);
    return a.machine.stateHash() === b.machine.stateHash();
  }

  private begin(): Pair | Problem {
    const a = this.begins[0]();
    if (isProblem(a)) return a;
    const b = this.begins[1]();
    return isProblem(b) ? b : [a, b];
  }

  /** Both from their beginning to what is known to be alike. */
  private again(): Pair | Problem {
    const pair = this.begin();
    if (!isProblem(pair)) for (const to of this.trail) for (const subject of pair) advance(subject, to);
    return pair;
  }

  /** Compares at growing distances; true when a difference was met. */
  private scan(pair: Pair): boolean {
    this.isByPlace = !this.isAlike(pair);
    if (!this.isAlike(pair)) return true;
    let distance = FIRST_DISTANCE;
    for (;;) {
      const to = Math.min(this.alike + distance, this.stop);
      const go = pair.map((subject) => advance(subject, to));
      this.differ = to;
      if (!this.isAlike(pair)) return true;
      if (!go.includes(true) || to >= this.stop) return false;
      this.reach(to);
      distance = Math.min(2 * distance, MOST_DISTANCE);
    }
  }

  private reach(to: number): void {
    this.alike = to;
    this.trail.push(to);
  }

  /** One pass between what is alike and what is not; false when no difference was met this time. */
  private narrow(): boolean | Problem {
    const pair = this.again();
    if (isProblem(pair)) return pair;
    const [from, to] = [this.alike, this.differ];
    const step = Math.max(1, Math.ceil((to - from) / PROBES));
    for (let at = from + step; ; at += step) {
      const point = Math.min(at, to);
      for (const subject of pair) advance(subject, point);
      if (!this.isAlike(pair)) {
        this.differ = point;
        return true;
      }
      if (point === to) return false;
      this.reach(point);
    }
  }

  private describe(): Divergence | Problem {
    const pair = this.again();
    if (isProblem(pair)) return pair;
    const { alike, differ } = this;
    const [a, b] = pair;
    const before = lookAt(a.machine);
    for (const subject of pair) advance(subject, differ);
    const executed = executedBetween(before, a.machine) ?? executedBetween(before, b.machine);
    return {
      alike,
      differ,
      isByPlace: this.isByPlace,
      executed,
      differences: differencesOf(a.machine, b.machine),
    };
  }

  find(): Divergence | null | Problem {
    const pair = this.begin();
    if (isProblem(pair)) return pair;
    if (!this.scan(pair)) return null;
    while (this.differ - this.alike > 1) {
      const isMet = this.narrow();
      if (isProblem(isMet)) return isMet;
      if (!isMet) break;
    }
    return this.describe();
  }
}

/** Finds where two machines part; null when they are alike to their end, or for `stop` instructions. */
export const firstDivergence = (
  begins: readonly [Begin, Begin],
  stop = Number.MAX_SAFE_INTEGER,
): Divergence | null | Problem => new Search(begins, stop).find();
