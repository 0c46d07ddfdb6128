export * as layout from './layout.ts';
export type {
  Access,
  FaultOutcome,
  Frame,
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
