/** cachestat: how many pages of a file are in memory. Linux: mm/filemap.c. */
import { syscall } from '../kernel/index.ts';
import { layout } from '../memory/index.ts';
import { inodeOf, inodePages } from '../vfs/index.ts';
import { fd, pointer, uint } from './args.ts';
import { openFile } from './file.ts';
import { Packer } from './packer.ts';

/** struct cachestat: in the cache, dirty, being written, evicted, evicted lately. */
const STAT_SIZE = 40;

/** Pages of a range that are there; a length of 0 goes to the end. */
function countPages(pages: ReadonlyMap<number, unknown>, start: number, length: number): number {
  const first = Math.floor(start / layout.PAGE_SIZE);
  const last = length === 0 ? Number.POSITIVE_INFINITY : Math.floor((start + length - 1) / layout.PAGE_SIZE);
  let count = 0;
  for (const index of pages.keys()) if (index >= first && index <= last) count++;
  return count;
}

export const cachestat = syscall({
  nr: 451,
  name: 'cachestat',
  args: [fd, pointer, pointer, uint],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'EOPNOTSUPP'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, range, out, bits) {
    const file = openFile(k, number);
    if (file === undefined) return 'EBADF';
    const [start, length] = [k.user.readU64(range), k.user.readU64(range + 8)];
    if (start === undefined || length === undefined) return 'EFAULT';
    if (bits !== 0) return 'EINVAL';
    const packer = new Packer(STAT_SIZE);
    if (file.kind === 'regular') {
      const object = k.memory.objects.get(inodePages(k.vfs, inodeOf(k.vfs, file.inode)));
      packer.u64(0, countPages(object.pages, start, length));
      // Nothing is ever written back: what was written is dirty.
      packer.u64(8, object.filled ? object.dirty.size : countPages(object.pages, start, length));
    }
    return k.user.copyOut(out, packer.bytes) ? 0 : 'EFAULT';
  },
});

export const CACHE_CALLS = [cachestat];
