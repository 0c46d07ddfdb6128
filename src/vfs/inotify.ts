/** inotify(7): an open file that tells what happened to the inodes it watches. Linux: fs/notify/inotify. */
import { type Errno, O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS, waitFor } from './file-ops.ts';
import { eventSize, type Inotify, packEvent } from './inotify-queue.ts';
import { FIONREAD, giveInt } from './ioctl.ts';
import { addMark, forgetMark, IN, type Mark, removeMark } from './mark.ts';
import { newFile } from './open-file.ts';
import {
  type FileId,
  type Inode,
  type OpenFile,
  type Outcome,
  POLLIN,
  POLLRDNORM,
  type Transfer,
} from './types.ts';
import type { Vfs } from './vfs.ts';

const ofUser = (vfs: Vfs, uid: number): Inotify[] =>
  [...vfs.inotifies.values()].filter((instance) => instance.uid === uid);

/** Makes an instance for a user; `flags` are O_NONBLOCK or nothing. */
export function newInotify(vfs: Vfs, uid: number, flags: number): FileId | 'EMFILE' {
  if (ofUser(vfs, uid).length >= vfs.inotifyLimits.user_instances) return 'EMFILE';
  const made: Inotify = {
    id: vfs.nextId++,
    uid,
    wds: new Map(),
    nextWd: 1,
    events: [],
    queue: vfs.host.newQueue(),
  };
  vfs.inotifies.set(made.id, made);
  const path = 'anon_inode:inotify';
  return newFile(vfs, {
    kind: 'inotify',
    flags: O.O_RDONLY | (flags & O.O_NONBLOCK),
    path,
    channel: made.id,
  });
}

export const inotifyOf = (vfs: Vfs, file: OpenFile): Inotify =>
  vfs.inotifies.get(file.channel) ?? bug(`there is no inotify instance ${file.channel}`);

const EVENTS = 0xfff;
const KEPT = EVENTS | IN.IN_ONESHOT | IN.IN_EXCL_UNLINK;

/** inotify_add_watch(2): a new watch, or another mask for the one there is. Gives its number. */
export function watchInode(vfs: Vfs, instance: Inotify, inode: Inode, mask: number): number | Errno {
  const known = vfs.marks.get(inode.id)?.find(({ group }) => group === instance.id);
  if (known !== undefined) {
    if (mask & IN.IN_MASK_CREATE) return 'EEXIST';
    known.mask = (mask & KEPT) | (mask & IN.IN_MASK_ADD ? known.mask : 0);
    return known.wd;
  }
  const watches = ofUser(vfs, instance.uid).reduce((sum, { wds }) => sum + wds.size, 0);
  if (watches >= vfs.inotifyLimits.user_watches) return 'ENOSPC';
  const mark: Mark = {
    group: instance.id,
    wd: instance.nextWd++,
    inode: inode.id,
    mask: mask & KEPT,
    file: 0,
  };
  addMark(vfs, mark);
  return mark.wd;
}

/** inotify_rm_watch(2). */
export function unwatch(vfs: Vfs, instance: Inotify, wd: number): 0 | 'EINVAL' {
  const mark = instance.wds.get(wd);
  if (mark === undefined) return 'EINVAL';
  removeMark(vfs, mark);
  return 0;
}

/** As many events as fit; EINVAL when not even the first does. */
function read(vfs: Vfs, file: OpenFile, to: Transfer): Outcome {
  const { events, queue, id } = inotifyOf(vfs, file);
  if (events.length === 0) return file.flags & O.O_NONBLOCK ? 'EAGAIN' : waitFor('inotify-read', queue, id);
  let done = 0;
  let next = events[0];
  while (next !== undefined && eventSize(next) <= to.left) {
    const bytes = packEvent(next);
    events.shift();
    if (to.put(bytes) < bytes.length) return done > 0 ? done : 'EFAULT';
    done += bytes.length;
    next = events[0];
  }
  return done > 0 ? done : 'EINVAL';
}

export const INOTIFY_OPS: FileOps = {
  ...NO_OPS,
  read,
  // Linux: noop_llseek
  seek: (_vfs, file) => file.pos,
  poll: (vfs, file) => (inotifyOf(vfs, file).events.length > 0 ? POLLIN | POLLRDNORM : 0),
  queues: (vfs, file) => [inotifyOf(vfs, file).queue],
  ioctl: (vfs, file, request, argument) =>
    request === FIONREAD
      ? giveInt(
          argument,
          inotifyOf(vfs, file).events.reduce((sum, event) => sum + eventSize(event), 0),
        )
      : 'ENOTTY',
  close: (vfs, file) => {
    for (const mark of inotifyOf(vfs, file).wds.values()) forgetMark(vfs, mark);
    vfs.inotifies.delete(file.channel);
    return NO_FILES;
  },
};
