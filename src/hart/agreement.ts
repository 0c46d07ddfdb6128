/** Holds processors to each other over a trial, and makes a trial in which they disagree smaller. For tests. */
import { layout } from '../memory/index.ts';
import { PLACE } from './random-program.ts';
import type { Event, Mapping, Processor, Stop, Trial } from './trial.ts';

const { PAGE_SIZE } = layout;
/** A run is over when it has trapped so often. */
const MOST_TRAPS = 60;

/** Where processors parted. */
export interface Disagreement {
  readonly event: number;
  /** Instructions retired in this event before the run that differs. */
  readonly retired: number;
  readonly pc: number;
  readonly found: readonly string[];
}

/** How much was compared. */
export interface Tally {
  runs: number;
  retired: number;
  readonly causes: Map<string, number>;
}

export const newTally = (): Tally => ({ runs: 0, retired: 0, causes: new Map() });

const hex = (value: bigint | number): string => value.toString(16);
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

function differencesOf(is: Processor, should: Processor): string[] {
  const found: string[] = [];
  const [a, b] = [is.registers(), should.registers()];
  for (let at = 0; at < a.length; at += 8) {
    if (sameBytes(a.subarray(at, at + 8), b.subarray(at, at + 8))) continue;
    const value = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
    const name = at < 256 ? `x${at / 8}` : at < 512 ? `f${(at - 256) / 8}` : `word ${hex(at)}`;
    found.push(`${name}: ${is.name} has ${hex(value(a))}, ${should.name} has ${hex(value(b))}`);
  }
  const [m, n] = [is.memory(), should.memory()];
  if (!sameBytes(m, n)) {
    const at = m.findIndex((byte, i) => byte !== n[i]);
    const where = `frame ${Math.floor(at / PAGE_SIZE)} byte ${hex(at % PAGE_SIZE)}`;
    found.push(`${where}: ${is.name} has ${m[at]}, ${should.name} has ${n[at]}`);
  }
  return found;
}

const told = ({ cause, retired, tval }: Stop): string => `${cause} at ${hex(tval)} after ${retired}`;

class Course {
  private readonly trial: Trial;
  private readonly all: readonly Processor[];
  private readonly tally: Tally;
  private readonly mapped = new Map<number, Mapping>();
  private answers = 0;

  constructor(trial: Trial, all: readonly Processor[], tally: Tally) {
    this.trial = trial;
    this.all = all;
    this.tally = tally;
    for (const processor of all) processor.begin(trial);
    for (const mapping of trial.mappings) this.mapped.set(mapping.va, mapping);
  }

  /** Runs all for one slice; gives what differs, and why the first one stopped. */
  private slice(budget: number): { found: string[]; stop: Stop } {
    const [first, ...others] = this.all;
    const stop = first!.run(budget);
    const found: string[] = [];
    for (const other of others) {
      const its = other.run(budget);
      if (told(its) !== told(stop)) found.push(`${other.name}: ${told(its)}; ${first!.name}: ${told(stop)}`);
      found.push(...differencesOf(other, first!));
    }
    this.tally.runs++;
    this.tally.retired += stop.retired;
    this.tally.causes.set(stop.cause, (this.tally.causes.get(stop.cause) ?? 0) + 1);
    return { found, stop };
  }

  private skip(): void {
    const [first] = this.all;
    const { pc } = first!;
    const mapping = this.mapped.get(pc - (pc % PAGE_SIZE));
    const half = mapping && first!.memory()[mapping.frame * PAGE_SIZE + (pc % PAGE_SIZE)]!;
    for (const processor of this.all) processor.pc = pc + (half !== undefined && (half & 3) === 3 ? 4 : 2);
  }

  private restart(): void {
    for (const processor of this.all) {
      processor.pc = this.trial.pc;
      for (const register of [1, 2, 5, 24]) processor.setX(register, Number(this.trial.x[register]));
    }
  }

  /** A program's pointers are set right when it trapped, so that loops do more than that. */
  private newPointer(): [register: number, value: number] {
    return [8 + (this.answers % 2), PLACE.data + ((this.answers * 264) % (2 * PAGE_SIZE))];
  }

  private map(mapping: Mapping): void {
    this.mapped.set(mapping.va, mapping);
    for (const processor of this.all) processor.map(mapping, mapping.va);
  }

  private answer({ cause, tval }: Stop, how: 'skip' | 'allow'): void {
    if (cause === 'slice') return;
    const page = Number(tval) - (Number(tval) % PAGE_SIZE);
    const mapping = this.mapped.get(page);
    // Out of the program: from the start, with a stack.
    if (cause === 'fetch-fault' || (cause === 'illegal' && tval === 0n)) this.restart();
    else if (how === 'allow' && cause === 'store-fault' && mapping?.may.includes('c'))
      this.map({ ...mapping, may: 'rw' });
    else {
      this.answers++;
      const [register, value] = cause === 'ecall' ? [10, this.answers] : this.newPointer();
      for (const processor of this.all) processor.setX(register, value);
      this.skip();
    }
  }

  private runTo(budget: number, how: 'skip' | 'allow'): { retired: number; pc: number; found: string[] } {
    let retired = 0;
    for (let traps = 0; retired < budget && traps < MOST_TRAPS; traps++) {
      const { pc } = this.all[0]!;
      const { found, stop } = this.slice(budget - retired);
      if (found.length > 0) return { retired, pc, found };
      retired += stop.retired;
      this.answer(stop, how);
    }
    return { retired, pc: 0, found: [] };
  }

  /** What differs after an event. */
  happen(event: Event): { retired: number; pc: number; found: string[] } {
    if (event.kind === 'run') return this.runTo(event.budget, event.answer);
    if (event.kind === 'slices')
      for (let i = 0; i < event.times; i++) {
        const run = this.runTo(event.budget, 'skip');
        if (run.found.length > 0) return { ...run, retired: i * event.budget + run.retired };
      }
    else if (event.kind === 'map') this.map(event.mapping);
    else if (event.kind === 'unmap') {
      this.mapped.delete(event.va);
      for (const processor of this.all) processor.map(undefined, event.va);
    } else if (event.kind === 'write')
      for (const processor of this.all) processor.write(event.frame, event.at, event.bytes);
    else if (event.kind === 'start') for (const processor of this.all) processor.pc = event.pc;
    else for (const processor of this.all) processor.switch();
    return { retired: 0, pc: 0, found: [] };
  }
}

/** Runs a trial on all; null when they agree from its beginning to its end. */
export function disagreement(
  trial: Trial,
  all: readonly Processor[],
  tally: Tally = newTally(),
): Disagreement | null {
  const course = new Course(trial, all, tally);
  for (const [event, what] of trial.events.entries()) {
    const { retired, pc, found } = course.happen(what);
    if (found.length > 0) return { event, retired, pc, found };
  }
  return null;
}
