/** Zifencei: the fence between stores and the fetching of instructions. */
import { insn, type Row } from './insn.ts';

export const ZIFENCEI: readonly Row[] = [
  // The immediate and both registers are reserved for finer fences and ignored.
  insn('fence.i', {
    bits: 'imm[11:0] rs1 001 rd 0001111',
    asm: '',
    ends: 'system',
    run: (s) => s.fenceI(),
  }),
];
