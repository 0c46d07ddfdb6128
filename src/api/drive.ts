/**
 * Drives the synchronous machine: runs it in stretches of some milliseconds, lets the host do its work in
 * between, waits for real time while all tasks sleep, and stands still while nobody takes its output.
 */
import { type Nanos, type Problem, problem } from '../base/index.ts';
import type { Machine as Core, RunState } from '../machine/index.ts';
import { Bell } from './bell.ts';
import { deadlocked, limitMet } from './limit.ts';
import type { Opening } from './opening.ts';
import { hostTime, nextTurn } from './platform.ts';

/** What the driver asks of the machine's owner. */
export interface Driven {
  /** Stop when all tasks wait for each other for ever. */
  readonly stopsInDeadlock: boolean;
  /** Takes output and exit statuses out of the machine: true when there were any. It rests when it does not run on. */
  collect(isResting: boolean): boolean;
  /** Does anybody wait for what the machine does? */
  isNeeded(): boolean;
  /** The machine has stopped for good: by itself, or for this reason. */
  stopped(why: Problem | null): void;
}

/** Real time of a stretch: short enough for keys and frames, long enough to be cheap. */
const STRETCH = 12;
const FIRST_BUDGET = 200_000;
const LEAST_BUDGET = 10_000;
const MOST_BUDGET = 50_000_000;
/** Half of what the log of events holds. */
const MOST_EVENTS = 2 ** 17;
/** Something that keeps the host program alive while the machine waits for input. */
const LONG = 2 ** 31 - 1;
const NANOS_PER_MS = 1e6;

/** The machine broke: nobody's fault but ours. */
function ourFault(error: unknown): Problem {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const hint = `Please report it with the command, the image and the seed.\n${stack ?? ''}`;
  return problem('bug', `this is a fault of timeslice: ${message}`, hint);
}

export class Driver {
  readonly #core: Core;
  readonly #driven: Driven;
  /** Of a machine that was sealed. */
  readonly #opening: Opening | null;
  readonly #bell = new Bell();
  #budget = FIRST_BUDGET;
  #isOver = false;
  /** While all tasks sleep: real time at which the machine's clock was right, and until when they sleep. */
  #sleep: { readonly since: number; readonly from: number; readonly until: Nanos } | null = null;

  constructor(core: Core, driven: Driven, opening: Opening | null = null) {
    this.#core = core;
    this.#driven = driven;
    this.#opening = opening;
    void this.#drive();
  }

  /** Something came from outside, or room for output appeared. */
  wake(): void {
    this.#bell.ring();
  }

  /** Before an input: opens a sealed machine, and brings the clock of a sleeping one up to now. */
  catchUp(): void {
    this.#opening?.break();
    const sleep = this.#sleep;
    if (sleep === null) return;
    this.#sleep = null;
    const slept = (hostTime() - sleep.since) * NANOS_PER_MS;
    const now = Math.min(sleep.until, Math.floor(sleep.from + slept));
    if (now > this.#core.now) this.#core.idle(now as Nanos);
  }

  /** Ends the machine at the next border between two stretches. */
  stop(why: Problem | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#bell.ring();
    this.#driven.stopped(why);
  }

  async #drive(): Promise<void> {
    try {
      // What was started already must find its input, if there is any: who launched it comes first.
      if (this.#opening !== null) await nextTurn();
      while (!this.#isOver) {
        if (!this.#driven.isNeeded()) await this.#bell.wait();
        else await this.#after(this.#stretch());
      }
    } catch (error) {
      this.stop(ourFault(error));
    }
  }

  #stretch(): RunState {
    const began = hostTime();
    const budget = Math.min(this.#budget, this.#opening?.left ?? this.#budget);
    // Whoever watches sees every event: none is overwritten before the end of a stretch.
    const state = this.#core.run(budget, MOST_EVENTS);
    const took = Math.max(0.1, hostTime() - began);
    const wanted = budget * Math.min(2, Math.max(0.25, STRETCH / took));
    if (state.state === 'running' || took > STRETCH)
      this.#budget = Math.round(Math.min(MOST_BUDGET, Math.max(LEAST_BUDGET, wanted)));
    this.#opening?.after(state);
    return state;
  }

  async #after(state: RunState): Promise<void> {
    const hasMoved = this.#driven.collect(state.state !== 'running');
    if (this.#isOver) return;
    if (state.state === 'exited') this.stop(null);
    else if (state.state === 'policy') this.stop(state.problem);
    else if (state.state === 'limit') this.stop(limitMet(state.limit, this.#core.settings));
    else if (state.state === 'idle') await this.#sleepUntil(state.until);
    else if (state.state === 'running' || state.state === 'sealed' || hasMoved) await nextTurn();
    else if (this.#driven.isNeeded()) await this.#rest(state);
  }

  /** Nothing happens until something comes from outside; unless that could not help. */
  async #rest({ state }: RunState): Promise<void> {
    const circles = this.#driven.stopsInDeadlock && state === 'waiting' ? this.#core.deadlocks() : [];
    if (circles.length > 0) this.stop(deadlocked(circles));
    else await this.#bell.wait(LONG);
  }

  async #sleepUntil(until: Nanos): Promise<void> {
    const from = this.#core.now;
    this.#sleep = { since: hostTime(), from, until };
    await this.#bell.wait((until - from) / NANOS_PER_MS);
    this.catchUp();
  }
}
