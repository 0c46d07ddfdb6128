/** What riscv_hwprobe tells of this processor, by key. Documentation/arch/riscv/hwprobe.rst. */
import { layout } from '../memory/index.ts';

/** RISCV_HWPROBE_KEY_*, from zero on. */
export const HWPROBE: readonly number[] = [
  0, // mvendorid
  0, // marchid
  0, // mimpid
  1, // base behaviour: IMA
  3, // extensions: F and D, C
  3, // misaligned accesses: fast
  0, // no Zicboz
  layout.USER_END - 1,
  1_000_000_000, // rdtime counts nanoseconds
  3, // misaligned scalar accesses: fast
];
