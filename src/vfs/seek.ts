/** lseek(2) on files that are a row of bytes: data lies where pages are, the rest is holes. */
import type { Errno } from '../abi/index.ts';
import { layout } from '../memory/index.ts';
import { inodeOf } from './inode.ts';
import type { Inode, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

const SEEK_SET = 0;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;

const { PAGE_SIZE } = layout;

/** Moves the position of a file of a known size; gives the new one. */
export function seekWithin(file: OpenFile, offset: number, whence: number, size: number): number | Errno {
  const base = [0, file.pos, size][whence];
  if (base === undefined) return 'EINVAL';
  const to = base + offset;
  if (to < 0) return 'EINVAL';
  if (to > Number.MAX_SAFE_INTEGER) return whence === SEEK_SET ? 'EINVAL' : 'EOVERFLOW';
  file.pos = to;
  return to;
}

/** The `seek` of regular files. */
export function seekBytes(vfs: Vfs, file: OpenFile, offset: number, whence: number): number | Errno {
  const inode = inodeOf(vfs, file.inode);
  if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return seekWithin(file, offset, whence, inode.size);
  if (offset < 0 || offset >= inode.size) return 'ENXIO';
  const to = nextEdge(vfs, inode, offset, whence === SEEK_DATA);
  if (to >= inode.size && whence === SEEK_DATA) return 'ENXIO';
  file.pos = Math.min(to, inode.size);
  return file.pos;
}

/** Where the first page from `offset` on is data (or a hole). */
function nextEdge(vfs: Vfs, inode: Inode, offset: number, wantsData: boolean): number {
  if (inode.pages === 0) return vfs.fileOrigins.has(inode.id) === wantsData ? offset : inode.size;
  const object = vfs.memory.objects.get(inode.pages);
  const filledPages = object.filled ? Math.ceil(object.filledSize / PAGE_SIZE) : 0;
  const isData = (index: number) => index < filledPages || object.pages.has(index);
  const end = Math.ceil(inode.size / PAGE_SIZE);
  let index = Math.floor(offset / PAGE_SIZE);
  if (isData(index) === wantsData) return offset;
  while (index < end && isData(index) !== wantsData) index++;
  return index * PAGE_SIZE;
}
