/**
 * The page a signal handler returns to: `li a7, 139; ecall`, mapped read-only and executable into every
 * address space as `[sigreturn]` (Linux has it in the vDSO; we have no vDSO, so that clocks stay system calls).
 */
import { layout } from '../memory/index.ts';

/** The highest page but one of user space: nothing else is ever placed there. */
export const SIGRETURN_ADDRESS = layout.USER_END - 2 * layout.PAGE_SIZE;

/** li a7, 139 (rt_sigreturn); ecall */
export const SIGRETURN_CODE = Uint32Array.of(0x08b00893, 0x00000073);
