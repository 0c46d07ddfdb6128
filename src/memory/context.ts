/** What the modules of this layer work on together. `Memory` is the only one that makes it. */
import type { Frames } from './frames.ts';
import type { PageObjects } from './objects.ts';
import type { Frame, Mm, MmId, Tlb } from './types.ts';

export interface Context {
  readonly frames: Frames;
  readonly objects: PageObjects;
  readonly tlb: Tlb;
  /** Live address spaces; ids ascend and are never used again. */
  readonly mms: Map<MmId, Mm>;
  /** The frame of zeros, held by one reference of its own. */
  readonly zero: Frame;
  nextMm: number;
  /** The next tag of TLB entries to hand out. */
  nextAsid: number;
}
