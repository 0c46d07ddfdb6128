/**
 * How much of the machine's memory pipes and sockets may take. Their bytes lie outside of its frames, so
 * without a bound a program could fill the host. Linux: the accounting of sk_buffs, and fs.pipe-user-pages-soft
 * and -hard, which it does not apply to root; here nobody is exempt.
 */
import { layout } from '../memory/index.ts';
import type { Vfs } from './vfs.ts';

const LEAST = 4 << 20;
/** Of all memory, an eighth is to be had freely. */
const SHARE = 8;
/** With so many times as much in pipes, there are no more of them at all. */
const HARD = 4;

const bound = ({ memory }: Vfs): number => Math.max(LEAST, (memory.frames.total * layout.PAGE_SIZE) / SHARE);

/** Bytes that may still be taken; none left when this is not positive. */
export const roomForBuffers = (vfs: Vfs): number => bound(vfs) - vfs.buffers;

/** /proc/sys/fs/pipe-user-pages-soft and -hard. */
export const pipePages = (vfs: Vfs): { readonly soft: number; readonly hard: number } => {
  const soft = Math.floor(bound(vfs) / layout.PAGE_SIZE);
  return { soft, hard: HARD * soft };
};

/** May there be one more pipe, if only a small one? */
export const mayMakePipe = (vfs: Vfs): boolean => vfs.buffers < HARD * bound(vfs);
