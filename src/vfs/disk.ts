/**
 * The disk under the image layers: a queue of reads with a fixed service time. A task that reads pages which
 * are not cached waits for the request's completion interrupt. Without a service time nothing waits.
 */
import { type Nanos, NEVER } from '../base/index.ts';
import { layout, type PageObject, type PageObjectId } from '../memory/index.ts';
import { notify } from './notify.ts';
import type { QueueId, Wait } from './types.ts';
import type { Vfs } from './vfs.ts';

/** A run of pages on its way into the page cache, or (`pages` 0) a flush. */
export interface DiskRequest {
  readonly object: PageObjectId | 0;
  readonly first: number;
  readonly pages: number;
  readonly queue: QueueId;
}

export interface Disk {
  /** Time one request takes; 0 for a disk that is never waited for. */
  serviceTime: Nanos;
  /** In order of arrival; the first is being served. */
  readonly requests: DiskRequest[];
  /** Requests served so far, and their pages. */
  reads: number;
  readPages: number;
}

export const newDisk = (): Disk => ({ serviceTime: 0 as Nanos, requests: [], reads: 0, readPages: 0 });

/** The disk's number among the devices that arm timers. */
export const DISK_DEVICE = 1;

const { PAGE_SIZE } = layout;
/** One request brings at most this many pages: Linux's default read-ahead of 128 KiB. */
const MAX_PAGES = 32;

/** How many of these bytes can be read without the disk. */
export function bytesCached(vfs: Vfs, object: PageObject, start: number, length: number): number {
  if (vfs.disk.serviceTime === 0 || !object.filled) return length;
  const end = Math.ceil(Math.min(start + length, object.filledSize) / PAGE_SIZE);
  let index = Math.floor(start / PAGE_SIZE);
  while (index < end && object.pages.has(index)) index++;
  return index >= end ? length : Math.max(0, index * PAGE_SIZE - start);
}

/** What a page fault at this offset of a mapped object must wait for; null when the page is there or needs no disk. */
export function diskFault(vfs: Vfs, id: PageObjectId, offset: number): Wait | null {
  if (vfs.disk.serviceTime === 0) return null;
  const object = vfs.memory.objects.get(id);
  const isCached = !object.filled || offset >= object.filledSize || bytesCached(vfs, object, offset, 1) > 0;
  return isCached ? null : waitForPage(vfs, object, offset);
}

/** Asks the disk for the page at this offset, unless it is on its way already. */
export function waitForPage(vfs: Vfs, object: PageObject, offset: number): Wait {
  const first = Math.floor(offset / PAGE_SIZE);
  const under = vfs.disk.requests.find(
    (request) =>
      request.object === object.id && request.first <= first && first < request.first + request.pages,
  );
  const filledEnd = Math.ceil(object.filledSize / PAGE_SIZE);
  const queue = under?.queue ?? submit(vfs, object.id, first, Math.min(MAX_PAGES, filledEnd - first));
  return { on: 'disk', queues: [queue], until: NEVER, detail: object.id, uninterruptible: true };
}

function submit(vfs: Vfs, object: PageObjectId | 0, first: number, pages: number): QueueId {
  const { disk, host } = vfs;
  const queue = host.newQueue();
  if (object !== 0) vfs.memory.objects.retain(object);
  disk.requests.push({ object, first, pages, queue });
  host.diskAsked(disk.reads + disk.requests.length, first, pages, object);
  if (disk.requests.length === 1) host.arm('device', (host.now() + disk.serviceTime) as Nanos, DISK_DEVICE);
  return queue;
}

/** The completion interrupt: the first request is done, the next one begins. */
function diskInterrupt(vfs: Vfs): void {
  const { disk, host, memory } = vfs;
  const done = disk.requests.shift();
  if (done === undefined) return;
  disk.reads++;
  host.diskServed(disk.reads, done.pages);
  disk.readPages += done.pages;
  if (done.object !== 0) {
    for (let index = done.first; index < done.first + done.pages; index++)
      memory.objects.page(done.object, index, true);
    memory.objects.release(done.object);
  }
  if (disk.requests.length > 0) host.arm('device', (host.now() + disk.serviceTime) as Nanos, DISK_DEVICE);
  notify(vfs, done.queue);
}

/** A device's timer fired (`VfsHost.arm`). */
export function deviceInterrupt(vfs: Vfs, device: number): void {
  if (device === DISK_DEVICE) diskInterrupt(vfs);
}

/**
 * fsync(2): memory layers need no disk, but a program that syncs is taught to wait for one service time. Gives
 * the wait, which the caller takes once.
 */
export function diskFlush(vfs: Vfs): Wait | null {
  if (vfs.disk.serviceTime === 0) return null;
  const queue = submit(vfs, 0, 0, 0);
  return { on: 'disk', queues: [queue], until: NEVER, detail: 0, uninterruptible: true };
}
