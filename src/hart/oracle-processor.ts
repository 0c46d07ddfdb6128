/** The oracle as one of the processors of a trial. For tests. */
import { type Access, CAUSE, newOracleMachine, type OracleMachine, stepFetched } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import type { TrapCause } from './cause.ts';
import { type Mapping, type Processor, type Stop, TRIAL_FRAMES, type Trial } from './trial.ts';

const { PAGE_SIZE } = layout;
const NO_RESERVATION = 2n ** 64n - 1n;

const CAUSES: Readonly<Record<number, TrapCause>> = {
  [CAUSE.illegal]: 'illegal',
  [CAUSE.breakpoint]: 'breakpoint',
  [CAUSE.loadMisaligned]: 'misaligned-load',
  [CAUSE.storeMisaligned]: 'misaligned-store',
  [CAUSE.ecall]: 'ecall',
  [CAUSE.fetchPageFault]: 'fetch-fault',
  [CAUSE.loadPageFault]: 'load-fault',
  [CAUSE.storePageFault]: 'store-fault',
};

/** Bytes by virtual address, in the frames of a trial. */
class Frames {
  readonly bytes = new Uint8Array(TRIAL_FRAMES * PAGE_SIZE);
  readonly mapped = new Map<bigint, Mapping>();

  #at(address: bigint): number {
    return this.mapped.get(address >> 12n)!.frame * PAGE_SIZE + Number(address & 0xfffn);
  }
  allows(address: bigint, access: Access): boolean {
    const may = this.mapped.get(address >> 12n)?.may ?? '';
    if (access === 'store') return may.includes('w') && !may.includes('c');
    return may.includes(access === 'load' ? 'r' : 'x');
  }
  get(address: bigint): number {
    return this.bytes[this.#at(address)]!;
  }
  set(address: bigint, byte: number): void {
    this.bytes[this.#at(address)] = byte;
  }
}

export class OracleProcessor implements Processor {
  readonly name = 'oracle';
  readonly #frames = new Frames();
  readonly #machine: OracleMachine = newOracleMachine(this.#frames);

  begin(trial: Trial): void {
    this.#frames.bytes.fill(0);
    this.#frames.mapped.clear();
    for (const [i, bytes] of trial.frames.entries()) this.#frames.bytes.set(bytes, i * PAGE_SIZE);
    for (const mapping of trial.mappings) this.map(mapping, mapping.va);
    const m = this.#machine;
    for (let i = 0; i < 32; i++) {
      m.x[i] = i === 0 ? 0n : trial.x[i]!;
      m.f[i] = trial.f[i]!;
    }
    m.flags = trial.fflags;
    m.frm = trial.frm;
    m.pc = BigInt(trial.pc);
    m.retired = m.time = 0n;
    m.reservation = undefined;
  }

  run(budget: number): Stop {
    for (let retired = 0; retired < budget; retired++) {
      const trap = stepFetched(this.#machine);
      if (trap !== 'ok') return { cause: CAUSES[trap.cause]!, retired, tval: trap.tval };
      this.#machine.time++;
    }
    return { cause: 'slice', retired: budget, tval: 0n };
  }

  map(mapping: Mapping | undefined, va: number): void {
    if (mapping === undefined) this.#frames.mapped.delete(BigInt(va / PAGE_SIZE));
    else this.#frames.mapped.set(BigInt(va / PAGE_SIZE), mapping);
  }

  write(frame: number, at: number, bytes: Uint8Array): void {
    this.#frames.bytes.set(bytes, frame * PAGE_SIZE + at);
  }

  switch(): void {
    this.#machine.reservation = undefined;
  }

  get pc(): number {
    return Number(this.#machine.pc);
  }
  set pc(value: number) {
    this.#machine.pc = BigInt(value);
  }

  setX(register: number, value: number): void {
    this.#machine.x[register] = BigInt(value);
  }

  registers(): Uint8Array {
    const { x, f, pc, flags, frm, reservation = NO_RESERVATION } = this.#machine;
    const flagWords = BigInt(flags) | (BigInt(frm) << 32n);
    return new Uint8Array(BigUint64Array.of(...x, ...f, pc, flagWords, reservation).buffer);
  }

  memory(): Uint8Array {
    return this.#frames.bytes;
  }
}
