/** Open file descriptions: what descriptors name. Linux: fs/file_table.c. */
import { O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { forgetAsync } from './async.ts';
import { forgetNotify } from './dnotify.ts';
import { holdInode, inodeOf, releaseInode } from './inode.ts';
import { forgetLease } from './lease.ts';
import { releaseFlock } from './lock.ts';
import { IN, tellFile } from './mark.ts';
import { collectFlying } from './net/in-flight.ts';
import type { FileId, FileKind, InodeId, MountId, OpenFile } from './types.ts';
import { sweepMounts } from './unmount.ts';
import type { Vfs } from './vfs.ts';
import { forgetFile } from './watch.ts';

/** What a new open file begins with. */
export interface FileInit {
  readonly kind: FileKind;
  /** O_* flags without the creation ones. */
  readonly flags: number;
  readonly inode?: InodeId | 0;
  readonly mount?: MountId | 0;
  readonly path: string;
  readonly channel?: number;
}

/** Does it keep its file from being run? Not a memfd as it was made, which lies in no mount. */
export const isWriter = ({ kind, inode, mount, flags }: OpenFile): boolean =>
  kind === 'regular' && inode !== 0 && mount !== 0 && WRITING.has(flags & O.O_ACCMODE);
const WRITING = new Set<number>([O.O_WRONLY, O.O_RDWR]);

/** Makes an open file with one reference; it holds its inode until the last reference goes. */
export function newFile(vfs: Vfs, init: FileInit): FileId {
  const id = vfs.nextId++ as FileId;
  const inode = init.inode ?? 0;
  const file: OpenFile = {
    id,
    kind: init.kind,
    refs: 1,
    flags: init.flags,
    pos: 0,
    inode,
    mount: init.mount ?? 0,
    dentry: null,
    path: init.path,
    channel: init.channel ?? 0,
    wasCreated: false,
    async: null,
    listing: null,
    text: null,
  };
  vfs.files.set(id, file);
  const mount = file.mount === 0 ? undefined : vfs.mounts.get(file.mount);
  if (mount !== undefined) mount.isExpiring = false;
  if (inode !== 0) holdInode(vfs, inode);
  if (isWriter(file)) inodeOf(vfs, file.inode).writers++;
  return id;
}

/** The open file of an id that must be there. */
export const fileOf = (vfs: Vfs, id: FileId): OpenFile =>
  vfs.files.get(id) ?? bug(`there is no open file ${id}`);

/** Takes a reference: a descriptor, a mapping, a message in flight. */
export const retainFile = (vfs: Vfs, id: FileId): void => {
  fileOf(vfs, id).refs++;
};

/** Gives a reference back; the last one closes the file, and what only it kept open. */
export function releaseFile(vfs: Vfs, id: FileId): void {
  const rest = [id];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const file = fileOf(vfs, next);
    if (--file.refs > 0) {
      if (file.kind === 'socket' && vfs.inet.flying > 0) rest.push(...collectFlying(vfs));
      continue;
    }
    tellFile(vfs, file, (file.flags & O.O_ACCMODE) !== O.O_RDONLY ? IN.IN_CLOSE_WRITE : IN.IN_CLOSE_NOWRITE);
    forgetFile(vfs, file);
    if (file.flags & O.O_ASYNC) forgetAsync(vfs, file);
    if (file.kind === 'directory') forgetNotify(vfs, file);
    releaseFlock(vfs, file);
    forgetLease(vfs, file);
    const held = vfs.ops[file.kind].close?.(vfs, file);
    vfs.files.delete(next);
    if (isWriter(file)) inodeOf(vfs, file.inode).writers--;
    if (file.inode !== 0) releaseInode(vfs, file.inode);
    if (file.mount !== 0) sweepMounts(vfs);
    if (held !== undefined) rest.push(...held);
    if (file.kind === 'socket' && vfs.inet.flying > 0) rest.push(...collectFlying(vfs));
  }
}
