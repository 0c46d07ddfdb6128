/** What an inotify instance has been told and nobody has read yet. Linux: fs/notify/notification.c. */
import { encodeUtf8 } from '../base/index.ts';
import type { Mark } from './mark.ts';
import { notify } from './notify.ts';
import type { QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** One event: struct inotify_event with its name. */
export interface InotifyEvent {
  /** -1 for an overflow. */
  readonly wd: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

/** An inotify instance (Linux: struct fsnotify_group). */
export interface Inotify {
  readonly id: number;
  /** Whose watches count against the limit of a user. */
  readonly uid: number;
  readonly wds: Map<number, Mark>;
  nextWd: number;
  readonly events: InotifyEvent[];
  readonly queue: QueueId;
}

/** /proc/sys/fs/inotify. */
export interface InotifyLimits {
  queued_events: number;
  user_instances: number;
  user_watches: number;
}
export const newInotifyLimits = (): InotifyLimits => ({
  queued_events: 16384,
  user_instances: 128,
  user_watches: 8192,
});

const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;

/** Adds an event, unless it is the last one again or there are too many. */
export function queueEvent(vfs: Vfs, group: number, event: InotifyEvent): void {
  const { events, queue } = vfs.inotifies.get(group)!;
  const last = events.at(-1);
  if (last !== undefined && isSame(last, event)) return;
  if (events.length >= vfs.inotifyLimits.queued_events) {
    if (last?.mask === IN_Q_OVERFLOW) return;
    events.push({ wd: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: '' });
  } else events.push(event);
  notify(vfs, queue);
}

const isSame = (a: InotifyEvent, b: InotifyEvent): boolean =>
  a.mask === b.mask && a.wd === b.wd && a.name === b.name && (b.mask & IN_IGNORED) === 0;

/** Bytes of struct inotify_event without the name, to a multiple of which the name is filled up. */
const HEADER = 16;

/** How many bytes an event takes in a read. */
export const eventSize = ({ name }: InotifyEvent): number =>
  name === '' ? HEADER : HEADER + Math.ceil((encodeUtf8(name).length + 1) / HEADER) * HEADER;

/** struct inotify_event with its name. */
export function packEvent(event: InotifyEvent): Uint8Array {
  const bytes = new Uint8Array(eventSize(event));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, event.wd, true);
  view.setUint32(4, event.mask >>> 0, true);
  view.setUint32(8, event.cookie, true);
  view.setUint32(12, bytes.length - HEADER, true);
  bytes.set(encodeUtf8(event.name), HEADER);
  return bytes;
}
