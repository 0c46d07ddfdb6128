/**
 * System V shared memory: a segment is an object of pages with an identifier. How often it is attached is how many
 * mappings its pages have; when it is to go, it goes with the last of them.
 *
 * man 2 shmget, shmctl; Linux: ipc/shm.c
 */
import type { Errno } from '../../abi/index.ts';
import type { PageObjectId } from '../../memory/index.ts';
import type { Kernel } from '../kernel.ts';
import { addObject, forgetKey, type IpcPerm, objectOf, removeObject } from './table.ts';

export interface Segment {
  readonly perm: IpcPerm;
  readonly pages: PageObjectId;
  /** Bytes, as asked for. */
  readonly size: number;
  /** Seconds of the wall clock; 0 for never. */
  attached: number;
  detached: number;
  changed: number;
  readonly creator: number;
  lastPid: number;
}

/** Bits of the mode beside the permissions. */
export const SHM_DEST = 0o1000;
export const SHM_LOCKED = 0o2000;

const PAGE = 4096;
/** Linux: ULONG_MAX - (1 << 24), the limits' initial value. */
const BOUNDLESS = 2 ** 64 - 2 ** 24;

const pagesOf = (size: number): number => Math.ceil(size / PAGE);

/** Pages of all segments together. */
export function totalPages(k: Kernel): number {
  let total = 0;
  for (const segment of k.ipc.segments.slots) if (segment !== null) total += pagesOf(segment.size);
  return total;
}

/** Linux: newseg(). */
export function newSegment(
  k: Kernel,
  { key, size, flags }: { readonly key: number; readonly size: number; readonly flags: number },
): Segment | Errno {
  const { segments, limits } = k.ipc;
  if (size < 1 || size > Math.min(limits.shmmax, BOUNDLESS)) return 'EINVAL';
  if (limits.shmall !== Infinity && totalPages(k) + pagesOf(size) > limits.shmall) return 'ENOSPC';
  if (segments.used >= limits.shmmni) return 'ENOSPC';
  // What could never be held is refused, as by Linux's guess about overcommitment.
  if (pagesOf(size) > k.memory.frames.total) return 'ENOMEM';
  const object = k.memory.objects.create({ size: pagesOf(size) * PAGE, filled: false });
  object.watched = true;
  const segment = addObject(k, segments, key, flags, (perm) => ({
    perm,
    pages: object.id,
    size,
    attached: 0,
    detached: 0,
    changed: k.wall().sec,
    creator: k.group.tgid,
    lastPid: 0,
  }));
  k.ipc.byPages.set(object.id, segment);
  return segment;
}

/** How many mappings it has. */
export const attachments = (k: Kernel, { pages }: Segment): number => k.memory.objects.get(pages).mappings;

/** IPC_RMID: no key leads to it any more; it goes now, or with the last mapping. */
export function destroySegment(k: Kernel, segment: Segment): void {
  if (attachments(k, segment) === 0) {
    dropSegment(k, segment);
    return;
  }
  segment.perm.mode |= SHM_DEST;
  forgetKey(k.ipc.segments, segment.perm);
}

function dropSegment(k: Kernel, segment: Segment): void {
  k.ipc.byPages.delete(segment.pages);
  removeObject(k.ipc.segments, segment.perm);
  k.memory.objects.release(segment.pages);
}

/** Told by the memory when a mapping of a segment begins. Linux: shm_open(). */
export function segmentMapped(k: Kernel, pages: PageObjectId): void {
  const segment = k.ipc.byPages.get(pages);
  if (segment === undefined) return;
  segment.attached = k.wall().sec;
  segment.lastPid = k.group.tgid;
}

/** Told when one ends, before its reference goes. Linux: shm_close(). */
export function segmentUnmapped(k: Kernel, pages: PageObjectId): void {
  const segment = k.ipc.byPages.get(pages);
  if (segment === undefined) return;
  segment.detached = k.wall().sec;
  segment.lastPid = k.group.tgid;
  const goes = (segment.perm.mode & SHM_DEST) !== 0 || k.ipc.limits.shmRmidForced !== 0;
  if (goes && attachments(k, segment) === 0) dropSegment(k, segment);
}

export const segmentOf = (k: Kernel, id: number): Segment | undefined => objectOf(k.ipc.segments, id);
