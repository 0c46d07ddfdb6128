/** A memory of a few frames for tests, with a processor that only takes notes. Not exported from the layer. */
import { bug } from '../base/index.ts';
import type { Layout } from './layout.ts';
import { Memory } from './memory.ts';
import type { AddressSpaces } from './spaces.ts';
import type { Mm, Tlb } from './types.ts';
import type { UserMemory } from './user.ts';

/** What the processor was told. */
export interface Notes extends Tlb {
  readonly written: number[];
  readonly freed: number[];
  /** Translations a test has put in, until they are flushed: `address@asid`, in hexadecimal. */
  readonly cached: Map<string, Translation>;
}

/** What a processor remembers of a page it has used. */
export interface Translation {
  readonly frame: number;
  readonly write: boolean;
}

/** The key of a page's translation in `Notes.cached`. */
export const cacheKey = (va: number, asid: number): string => `${va.toString(16)}@${asid}`;

export interface Small {
  readonly memory: Memory;
  readonly spaces: AddressSpaces;
  readonly user: UserMemory;
  readonly tlb: Notes;
  readonly mm: Mm;
}

const FIRST_FRAME = 16;

/** A machine with `frames` frames, of which the first is the page of zeros and the second an empty root table. */
export function small(frames: number): Small {
  const layout: Layout = {
    frames,
    firstFrame: FIRST_FRAME,
    codeIndex: 0,
    codeStart: 0,
    marks: 0,
    codeEnd: 0,
    wasmPages: 0,
  };
  const buffer = new ArrayBuffer((FIRST_FRAME + frames) * 4096);
  const tlb = notes();
  const memory = new Memory({ buffer } as WebAssembly.Memory, layout, tlb);
  const mm = memory.spaces.create();
  if (typeof mm === 'string') bug('too few frames for one address space');
  return { memory, spaces: memory.spaces, user: memory.user, tlb, mm };
}

function notes(): Notes {
  const written: number[] = [];
  const freed: number[] = [];
  const cached = new Map<string, Translation>();
  return {
    written,
    freed,
    cached,
    flushPage: (va, asid) => cached.delete(cacheKey(va, asid)),
    flushAll: () => cached.clear(),
    frameWritten: (frame) => written.push(frame),
    frameFreed: (frame) => freed.push(frame),
  };
}
