export { isServed } from './fault.ts';
export { Frames, KIND_TABLE } from './frames.ts';
export * as layout from './layout.ts';
export { Memory } from './memory.ts';
export { type MapRequest, UNLIMITED } from './mmap.ts';
export { PageObjects } from './objects.ts';
export type { RemapRequest } from './remap.ts';
export type { SavedMemory } from './save.ts';
export { AddressSpaces, type SpaceWatcher } from './spaces.ts';
export type { MemoryUsage, PageEntry, VmaStatistics } from './statistics.ts';
export type {
  Access,
  FaultOutcome,
  Frame,
  FrameKind,
  MemoryLimits,
  Mm,
  MmId,
  PageFiller,
  PageObject,
  PageObjectId,
  Tlb,
  Vma,
} from './types.ts';
export { PROT_EXEC, PROT_READ, PROT_WRITE } from './types.ts';
export { UserMemory } from './user.ts';
