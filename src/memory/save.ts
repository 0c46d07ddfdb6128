/**
 * The memory of a machine as plain data, and the contents of its frames apart from it: what a snapshot keeps.
 * Frames of zeros have no contents to keep; tags of TLB entries are given out anew.
 */
import type { Context } from './context.ts';
import { type SavedFrames, WORDS } from './frames.ts';
import { PAGE_SIZE } from './layout.ts';
import type { Frame, Mm, MmId, PageObject, PageObjectId } from './types.ts';

/** All but the frames' contents. */
export interface SavedMemory {
  readonly frames: SavedFrames;
  /** Runs of frames that have contents: the first one of each and how many, in ascending order. */
  readonly runs: Uint32Array;
  readonly objects: ReadonlyMap<PageObjectId, PageObject>;
  readonly nextObject: number;
  readonly fills: number;
  readonly mms: ReadonlyMap<MmId, Mm>;
  readonly nextMm: number;
  readonly zero: Frame;
}

/** Describes the memory as it is now; the records are the memory's own, to be packed at once. */
export function saveMemory(m: Context): SavedMemory {
  const { objects } = m;
  return {
    frames: m.frames.save(),
    runs: runsOf(m),
    objects: objects.all,
    nextObject: objects.nextId,
    fills: objects.fills,
    mms: new Map([...m.mms].map(([id, mm]) => [id, { ...mm, asid: 0 }])),
    nextMm: m.nextMm,
    zero: m.zero,
  };
}

function runsOf({ frames: { counts, u32 } }: Context): Uint32Array {
  const runs: number[] = [];
  for (let frame = 0; frame < counts.length; frame++) {
    if (counts[frame] === 0 || isZero(u32, frame)) continue;
    const last = runs.length - 2;
    if (last >= 0 && runs[last]! + runs[last + 1]! === frame) runs[last + 1]!++;
    else runs.push(frame, 1);
  }
  return Uint32Array.from(runs);
}

function isZero(u32: Uint32Array, frame: number): boolean {
  for (let at = frame * WORDS; at < (frame + 1) * WORDS; at++) if (u32[at] !== 0) return false;
  return true;
}

/** The contents, run after run, where they lie. */
export function contentsOf(m: Context, { runs }: SavedMemory): readonly Uint8Array[] {
  const views: Uint8Array[] = [];
  eachRun(runs, (memory, _, length) => views.push(m.frames.u8.subarray(memory, memory + length)));
  return views;
}

function eachRun(runs: Uint32Array, visit: (memory: number, contents: number, length: number) => void): void {
  let contents = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const length = runs[i + 1]! * PAGE_SIZE;
    visit(runs[i]! * PAGE_SIZE, contents, length);
    contents += length;
  }
}

/** Makes a memory what a saved one was. Preconditions: the same layout. */
export function loadMemory(m: Context, saved: SavedMemory, contents: Uint8Array): void {
  const { objects } = m;
  m.frames.u8.fill(0, m.zero * PAGE_SIZE, m.frames.freshAt);
  // Whatever the processor knows of a frame is of its old content.
  for (let frame = m.zero; frame * PAGE_SIZE < m.frames.freshAt; frame++) m.tlb.frameFreed(frame as Frame);
  m.frames.load(saved.frames);
  eachRun(saved.runs, (memory, from, length) =>
    m.frames.u8.set(contents.subarray(from, from + length), memory),
  );
  objects.all.clear();
  for (const [id, object] of saved.objects) objects.all.set(id, object);
  objects.nextId = saved.nextObject;
  objects.fills = saved.fills;
  m.mms.clear();
  for (const [id, mm] of saved.mms) m.mms.set(id, mm);
  m.nextMm = saved.nextMm;
  m.nextAsid = 1;
  m.tlb.flushAll();
}
