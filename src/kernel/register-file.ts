/**
 * Where the registers of tasks that do not run are kept: slots inside frames of guest memory, so that a
 * snapshot copies them with all other frames.
 */
import { type Frame, type Frames, layout } from '../memory/index.ts';

const SLOTS = Math.floor(layout.PAGE_SIZE / layout.REGISTERS_SIZE);
/** The memory layer's kind for frames that hold the kernel's own tables. */
const KIND_TABLE = 1;

export class RegisterFile {
  /** Frames that hold slots, for the check of reference counts. */
  readonly frames: Frame[] = [];
  /** Byte addresses of free slots; the last one is taken first. */
  readonly free: number[] = [];
  readonly #memory: Frames;

  constructor(memory: Frames) {
    this.#memory = memory;
  }

  /** How many slots are in use. */
  get taken(): number {
    return this.frames.length * SLOTS - this.free.length;
  }

  /** Byte address of a slot, or 0 when memory is exhausted. */
  take(): number {
    const known = this.free.pop();
    if (known !== undefined) return known;
    const frame = this.#memory.alloc(KIND_TABLE);
    if (frame === 0) return 0;
    this.frames.push(frame);
    for (let slot = SLOTS - 1; slot > 0; slot--)
      this.free.push(frame * layout.PAGE_SIZE + slot * layout.REGISTERS_SIZE);
    return frame * layout.PAGE_SIZE;
  }

  /** A free slot is empty: what was in it last depends on who looked when. */
  give(address: number): void {
    this.#memory.u8.fill(0, address, address + layout.REGISTERS_SIZE);
    this.free.push(address);
  }
}

/** Offsets of single registers inside a slot. */
const PC = layout.HART_PC - layout.HART_X;

/** A saved 64-bit register as its two words, for a task that does not run. */
export function setSaved(frames: Frames, slot: number, register: number | 'pc', value: number): void {
  const at = (slot + (register === 'pc' ? PC : register * 8)) >>> 2;
  frames.u32[at] = value;
  frames.u32[at + 1] = Math.floor(value / 2 ** 32);
}

/** A saved register as a number; above 2^53 it is rounded. */
export function getSaved(frames: Frames, slot: number, register: number | 'pc'): number {
  const at = (slot + (register === 'pc' ? PC : register * 8)) >>> 2;
  return frames.u32[at]! + frames.u32[at + 1]! * 2 ** 32;
}
