/** The allocator of guest memory: 4 KiB frames with reference counts, cut from the one WebAssembly memory. */
import { assert, bug } from '../base/index.ts';
import { type Layout, PAGE_SIZE } from './layout.ts';
import type { Frame, FrameKind, Tlb } from './types.ts';

export const KIND_FREE = 0;
/** Page tables of every level. */
export const KIND_TABLE = 1;
/** Private memory of processes: a frame of this kind is never in a page object. */
export const KIND_ANONYMOUS = 2;
/** Page cache of files that lie in an image or on the host. */
export const KIND_FILE = 3;
/** Pages that live in memory only: tmpfs, shared anonymous memory, System V segments. */
export const KIND_SHMEM = 4;
/** The one frame of zeros that reads of untouched memory share. */
export const KIND_ZERO = 5;
const KINDS = 6;

/** Words per frame: a frame's first word is number `frame * WORDS` of `u32`. */
export const WORDS = PAGE_SIZE / 4;

/** All but the contents of the frames. */
export interface SavedFrames {
  /** Counts and kinds of the frames that were ever used. */
  readonly counts: Uint32Array;
  readonly kinds: Uint8Array;
  readonly usage: Uint32Array;
  /** Freed frames, the next one to be used first. */
  readonly freed: Uint32Array;
}

/**
 * Frames are handed out freed-last first, then in ascending order, so that the same run gives the same numbers.
 * All state is in typed arrays and numbers: a snapshot copies them.
 */
export class Frames {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly total: number;
  /** References by frame number; zero means free. */
  readonly counts: Uint32Array;
  readonly kinds: Uint8Array;
  /** Frames in use by kind. */
  readonly usage = new Uint32Array(KINDS);
  /** Asked for help when nothing is free: drops what can be made again and tells how many frames it freed. */
  reclaim: (() => number) | null = null;
  /** Head of the list of freed frames, linked through `links`. */
  private freed = 0;
  private readonly links: Uint32Array;
  /** The first frame that was never used: from here on memory is still zero as the host gave it. */
  private fresh: number;
  private readonly first: number;
  private readonly end: number;
  private readonly tlb: Tlb;

  constructor(memory: WebAssembly.Memory, layout: Layout, tlb: Tlb) {
    this.u8 = new Uint8Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.total = layout.frames;
    this.first = layout.firstFrame;
    this.fresh = layout.firstFrame;
    this.end = layout.firstFrame + layout.frames;
    assert(this.end * PAGE_SIZE <= this.u8.length, 'the memory is smaller than its layout');
    this.counts = new Uint32Array(this.end);
    this.kinds = new Uint8Array(this.end);
    this.links = new Uint32Array(this.end);
    this.tlb = tlb;
    this.usage[KIND_FREE] = layout.frames;
  }

  get free(): number {
    return this.usage[KIND_FREE]!;
  }

  /** A frame of zeros with one reference, or 0 when memory is exhausted. */
  alloc(kind: FrameKind = KIND_ANONYMOUS): Frame | 0 {
    const recycled = this.freed !== 0 || this.fresh === this.end;
    const frame = this.take(kind);
    if (recycled && frame !== 0) this.clear(frame);
    return frame;
  }

  /** A frame with the same bytes and one reference, or 0 when memory is exhausted. */
  copyOf(source: Frame, kind: FrameKind = KIND_ANONYMOUS): Frame | 0 {
    // The source must outlive a reclaim that this very allocation may set off.
    this.retain(source);
    const frame = this.take(kind);
    if (frame !== 0) {
      const from = source * PAGE_SIZE;
      this.u8.copyWithin(frame * PAGE_SIZE, from, from + PAGE_SIZE);
    }
    this.release(source);
    return frame;
  }

  retain(frame: Frame): void {
    this.counts[frame]!++;
  }

  release(frame: Frame): void {
    const left = --this.counts[frame]!;
    if (left !== 0) {
      if (left === 0xffff_ffff) bug(`frame ${frame} was released once too often`);
      return;
    }
    this.usage[this.kinds[frame]!]!--;
    this.usage[KIND_FREE]!++;
    this.kinds[frame] = KIND_FREE;
    this.links[frame] = this.freed;
    this.freed = frame;
    this.tlb.frameFreed(frame);
  }

  countOf(frame: Frame): number {
    return this.counts[frame]!;
  }

  clear(frame: Frame): void {
    this.u32.fill(0, frame * WORDS, (frame + 1) * WORDS);
  }

  /** Byte address from which on memory was never used. */
  get freshAt(): number {
    return this.fresh * PAGE_SIZE;
  }

  save(): SavedFrames {
    const { first, fresh, usage } = this;
    const freed: number[] = [];
    for (let frame = this.freed; frame !== 0; frame = this.links[frame]!) freed.push(frame);
    const counts = this.counts.slice(first, fresh);
    return { counts, kinds: this.kinds.slice(first, fresh), usage, freed: Uint32Array.from(freed) };
  }

  load({ counts, kinds, usage, freed }: SavedFrames): void {
    this.counts.fill(0, this.first, this.fresh);
    this.kinds.fill(KIND_FREE, this.first, this.fresh);
    this.counts.set(counts, this.first);
    this.kinds.set(kinds, this.first);
    this.usage.set(usage);
    this.fresh = this.first + counts.length;
    freed.forEach((frame, at) => {
      this.links[frame] = freed[at + 1] ?? 0;
    });
    this.freed = freed[0] ?? 0;
  }

  private take(kind: FrameKind): Frame | 0 {
    if (this.usage[KIND_FREE] === 0 && (this.reclaim === null || this.reclaim() === 0)) return 0;
    let frame: Frame;
    if (this.freed !== 0) {
      frame = this.freed as Frame;
      this.freed = this.links[frame]!;
    } else frame = this.fresh++ as Frame;
    this.counts[frame] = 1;
    this.kinds[frame] = kind;
    this.usage[KIND_FREE]!--;
    this.usage[kind]!++;
    return frame;
  }
}
