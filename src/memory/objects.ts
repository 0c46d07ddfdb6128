/**
 * Page objects: pages that have a life of their own, apart from any address space. A file's page cache (and
 * for tmpfs its only storage), shared anonymous memory, System V segments. Linux: struct address_space.
 */
import { bug } from '../base/index.ts';
import { type Frames, KIND_FILE, KIND_SHMEM } from './frames.ts';
import { PAGE_SIZE } from './layout.ts';
import type { Frame, PageFiller, PageObject, PageObjectId, Tlb } from './types.ts';

/** Who hears of mappings of watched objects: that one has begun, and that one has ended. */
export interface MappingWatcher {
  mapped(id: PageObjectId): void;
  unmapped(id: PageObjectId): void;
}

/** Who can take pages `first` … `end - 1` of an object out of every address space, private copies of them as well. */
export interface Unmapper {
  unmapObject(id: PageObjectId, first: number, end: number, copies: boolean): void;
}

/** Frames dropped from the cache at once when memory runs out. */
const RECLAIM_BATCH = 256;

export class PageObjects {
  /** By id; ids ascend and are never used again. */
  readonly all = new Map<PageObjectId, PageObject>();
  /** Pages read through the filler so far: a fault that raises it was a major one. */
  fills = 0;
  filler: PageFiller | null = null;
  unmapper: Unmapper | null = null;
  watcher: MappingWatcher | null = null;
  nextId = 1;
  private readonly frames: Frames;
  private readonly tlb: Tlb;
  private readonly scratch = new Uint8Array(PAGE_SIZE);

  constructor(frames: Frames, tlb: Tlb) {
    this.frames = frames;
    this.tlb = tlb;
  }

  /** A new object with one reference. A `filled` one reads absent pages below `size` through the filler. */
  create({ size, filled }: { size: number; filled: boolean }): PageObject {
    const object: PageObject = {
      id: this.nextId++ as PageObjectId,
      pages: new Map(),
      size,
      filled,
      filledSize: filled ? size : 0,
      dirty: new Set(),
      refs: 1,
      mappings: 0,
      watched: false,
    };
    this.all.set(object.id, object);
    return object;
  }

  get(id: PageObjectId): PageObject {
    return this.all.get(id) ?? bug(`there is no page object ${id}`);
  }

  retain(id: PageObjectId): void {
    this.get(id).refs++;
  }

  /** Gives a reference back; the last one frees the pages (those still mapped somewhere live on there). */
  release(id: PageObjectId): void {
    const object = this.get(id);
    if (--object.refs > 0) return;
    for (const frame of object.pages.values()) this.frames.release(frame);
    this.all.delete(id);
  }

  /** The frame of a page, without a reference for the caller. 0: absent (`create` false), or out of memory. */
  page(id: PageObjectId, index: number, create: boolean): Frame | 0 {
    const object = this.get(id);
    const present = object.pages.get(index);
    if (present !== undefined) return present;
    if (!create) return 0;
    const frame = this.frames.alloc(object.filled ? KIND_FILE : KIND_SHMEM);
    if (frame === 0) return 0;
    const at = frame * PAGE_SIZE;
    if (this.isFilled(object, index)) this.fill(object, index, this.frames.u8.subarray(at, at + PAGE_SIZE));
    object.pages.set(index, frame);
    return frame;
  }

  /** Copies out what lies below the object's size; gives the number of bytes. */
  read(id: PageObjectId, offset: number, into: Uint8Array): number {
    const object = this.get(id);
    const length = Math.max(0, Math.min(into.length, object.size - offset));
    for (let done = 0; done < length; ) {
      const start = (offset + done) % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - start, length - done);
      const index = Math.floor((offset + done) / PAGE_SIZE);
      this.readPage(object, index, start, into.subarray(done, done + count));
      done += count;
    }
    return length;
  }

  /** Copies in and extends the size; gives the number of bytes, fewer than asked when memory runs out. */
  write(id: PageObjectId, offset: number, bytes: Uint8Array): number {
    const object = this.get(id);
    let done = 0;
    while (done < bytes.length) {
      const index = Math.floor((offset + done) / PAGE_SIZE);
      const start = (offset + done) % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - start, bytes.length - done);
      const frame = this.page(id, index, true);
      if (frame === 0) break;
      this.frames.u8.set(bytes.subarray(done, done + count), frame * PAGE_SIZE + start);
      this.written(object, index, frame);
      done += count;
      object.size = Math.max(object.size, offset + done);
    }
    return done;
  }

  /** Sets the size. Pages beyond it leave every address space, and what is cut off reads as zero later. */
  truncate(id: PageObjectId, size: number): void {
    const object = this.get(id);
    const shrinks = size < object.size;
    object.size = size;
    if (!shrinks) return;
    object.filledSize = Math.min(object.filledSize, size);
    this.drop(object, Math.ceil(size / PAGE_SIZE), Number.MAX_SAFE_INTEGER, true);
    if (size % PAGE_SIZE !== 0) this.zero(object, size, PAGE_SIZE - (size % PAGE_SIZE));
  }

  /** fallocate(FALLOC_FL_PUNCH_HOLE): the range reads as zero and its whole pages are given back. */
  punchHole(id: PageObjectId, offset: number, length: number): void {
    const object = this.get(id);
    const end = Math.min(offset + length, object.size);
    const first = Math.ceil(offset / PAGE_SIZE);
    const last = end === object.size ? Math.ceil(end / PAGE_SIZE) : Math.floor(end / PAGE_SIZE);
    this.zero(object, offset, Math.min(end, first * PAGE_SIZE) - offset);
    const tail = Math.max(first, last) * PAGE_SIZE;
    this.zero(object, tail, end - tail);
    // A dropped page below filledSize would come back from the file it was filled from.
    const filledEnd = Math.min(last, Math.ceil(object.filledSize / PAGE_SIZE));
    for (let index = first; index < filledEnd; index++) this.zero(object, index * PAGE_SIZE, PAGE_SIZE);
    this.drop(object, Math.max(first, filledEnd), last, false);
  }

  /** Marks a page of a filled object as one that cannot be filled again. */
  markDirty(object: PageObject, index: number): void {
    if (object.filled) object.dirty.add(index);
  }

  /** Drops clean cached pages that nobody maps, oldest object first; gives their number. */
  reclaim(): number {
    let freed = 0;
    for (const object of this.all.values()) {
      if (!object.filled) continue;
      for (const [index, frame] of object.pages) {
        if (freed === RECLAIM_BATCH) return freed;
        if (!this.isReclaimable(object, index, frame)) continue;
        object.pages.delete(index);
        this.frames.release(frame);
        freed++;
      }
    }
    return freed;
  }

  /** Frames that `reclaim` could give back, for MemAvailable. */
  reclaimable(): number {
    let count = 0;
    for (const object of this.all.values()) {
      if (!object.filled) continue;
      for (const [index, frame] of object.pages) if (this.isReclaimable(object, index, frame)) count++;
    }
    return count;
  }

  private isReclaimable(object: PageObject, index: number, frame: Frame): boolean {
    return this.frames.counts[frame] === 1 && !object.dirty.has(index);
  }

  private isFilled(object: PageObject, index: number): boolean {
    return object.filled && index * PAGE_SIZE < object.filledSize;
  }

  private fill(object: PageObject, index: number, into: Uint8Array): void {
    const filler = this.filler ?? bug('a filled page object without a filler');
    filler.fill(object.id, index, into);
    this.fills++;
    const valid = object.filledSize - index * PAGE_SIZE;
    if (valid < PAGE_SIZE) into.fill(0, valid);
  }

  private readPage(object: PageObject, index: number, start: number, into: Uint8Array): void {
    // Reading a hole makes no page; a page of a file is kept for the next reader.
    const frame = this.page(object.id, index, this.isFilled(object, index));
    if (frame !== 0) {
      const at = frame * PAGE_SIZE + start;
      into.set(this.frames.u8.subarray(at, at + into.length));
    } else if (this.isFilled(object, index)) {
      this.fill(object, index, this.scratch);
      into.set(this.scratch.subarray(start, start + into.length));
    } else into.fill(0);
  }

  /** Zeroes a range within one page, without making a page that would be zero anyway. */
  private zero(object: PageObject, offset: number, length: number): void {
    if (length <= 0) return;
    const index = Math.floor(offset / PAGE_SIZE);
    const frame = this.page(object.id, index, this.isFilled(object, index));
    if (frame === 0) return;
    const at = frame * PAGE_SIZE + (offset % PAGE_SIZE);
    this.frames.u8.fill(0, at, at + length);
    this.written(object, index, frame);
  }

  private written(object: PageObject, index: number, frame: Frame): void {
    this.markDirty(object, index);
    this.tlb.frameWritten(frame);
  }

  private drop(object: PageObject, first: number, end: number, copies: boolean): void {
    if (first >= end) return;
    if (object.mappings > 0) this.unmapper?.unmapObject(object.id, first, end, copies);
    for (const [index, frame] of object.pages) {
      if (index < first || index >= end) continue;
      object.pages.delete(index);
      object.dirty.delete(index);
      this.frames.release(frame);
    }
  }
}
