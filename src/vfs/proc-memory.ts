/** /proc/PID/mem: the memory of a process as a file, of which positions are addresses. Linux: fs/proc/base.c, mem_rw(). */
import type { Errno } from '../abi/index.ts';
import { OWN_POSITION } from './file-ops.ts';
import { inodeOf } from './inode.ts';
import type { OpenFile, Outcome, Transfer } from './types.ts';
import type { Vfs } from './vfs.ts';

const PAGE_SIZE = 4096;

/** Is this file of /proc the memory of a process, or the map of its pages? */
export const isMemory = (vfs: Vfs, { inode }: OpenFile): boolean =>
  POSITIONED.has(inodeOf(vfs, inode).generator?.make);
const POSITIONED: ReadonlySet<string | undefined> = new Set(['PID/mem', 'PID/pagemap']);

/** What positions of /proc/PID/pagemap are: eight bytes for each page. */
const ENTRY = 8;

/** read(2) of /proc/PID/pagemap, whole entries only. Linux: fs/proc/task_mmu.c, pagemap_read(). */
function readPagemap(vfs: Vfs, file: OpenFile, to: Transfer, at: number): Outcome {
  const from = at === OWN_POSITION ? file.pos : at;
  if (from % ENTRY !== 0 || to.left % ENTRY !== 0) return 'EINVAL';
  const node = inodeOf(vfs, file.inode).generator!;
  return moveMemory(file, at, to.left, (address, bytes) => {
    const count = vfs.host.proc.peek(node, address, bytes) ?? 0;
    const told = to.put(bytes, 0, count);
    return told < count ? 'EFAULT' : told;
  });
}

/** Moves page by page up to the first that is not there; nothing at all is EIO, of a process that has gone 0. */
function moveMemory(
  file: OpenFile,
  at: number,
  left: number,
  step: (address: number, bytes: Uint8Array) => number | Errno,
): Outcome {
  const from = at === OWN_POSITION ? file.pos : at;
  const page = new Uint8Array(Math.min(PAGE_SIZE, left));
  let done = 0;
  while (done < left) {
    const bytes = page.subarray(0, Math.min(PAGE_SIZE, left - done));
    const moved = step(from + done, bytes);
    if (typeof moved === 'string') {
      if (done === 0) return moved;
      break;
    }
    done += moved;
    if (moved < bytes.length) break;
  }
  if (at === OWN_POSITION) file.pos += done;
  return done;
}

/** read(2) of a process's memory. */
export function readMemory(vfs: Vfs, file: OpenFile, to: Transfer, at: number): Outcome {
  const node = inodeOf(vfs, file.inode).generator!;
  if (node.make === 'PID/pagemap') return readPagemap(vfs, file, to, at);
  const { proc } = vfs.host;
  return moveMemory(file, at, to.left, (address, bytes) => {
    const count = proc.peek(node, address, bytes);
    if (count === null) return 0;
    if (count === 0) return 'EIO';
    const told = to.put(bytes, 0, count);
    return told === 0 ? 'EFAULT' : told;
  });
}

/** write(2): private pages are copied first, and it does not matter what the mapping allows. */
export function writeMemory(vfs: Vfs, file: OpenFile, from: Transfer, at: number): Outcome {
  const node = inodeOf(vfs, file.inode).generator!;
  if (node.make === 'PID/pagemap') return 'EINVAL';
  const { proc } = vfs.host;
  return moveMemory(file, at, from.left, (address, bytes) => {
    if (from.take(bytes) < bytes.length) return 'EFAULT';
    const count = proc.poke(node, address, bytes);
    return count === 0 ? 'EIO' : (count ?? 0);
  });
}
