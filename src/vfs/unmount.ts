/** Taking mounts away, and what goes with the last mount of a file system. Linux: fs/namespace.c. */
import type { Errno } from '../abi/index.ts';
import { freeIfUnused, releaseInode } from './inode.ts';
import { endMarks, IN } from './mark.ts';
import { mountOf, unhangMount } from './mount.ts';
import { receiversOf } from './propagate.ts';
import type { Place, SuperId } from './types.ts';
import type { Mount, Vfs } from './vfs.ts';

/** How umount2(2) is to go about it. */
export interface UnmountHow {
  /** MNT_DETACH: out of the tree now, the rest when nobody uses it any more. */
  readonly lazy: boolean;
  /** MNT_EXPIRE: only when nobody has used it since the last time. */
  readonly expire: boolean;
}

const isUsed = (vfs: Vfs, { id }: Mount): boolean =>
  vfs.host.standsIn(id) || [...vfs.files.values()].some((file) => file.mount === id);

/** A mount and all that hang in it, the outermost first. */
export function subtreeOf(vfs: Vfs, top: Mount): Mount[] {
  const inside = new Set([top.id]);
  for (const mount of vfs.mounts.values())
    if (mount.on !== null && inside.has(mount.on.mount)) inside.add(mount.id);
  return [...inside].map((id) => mountOf(vfs, id));
}

/** umount2(2): takes the topmost mount at this root away; busy while something is mounted or used inside. */
export function unmount(vfs: Vfs, place: Place, how: UnmountHow): Errno | null {
  const mount = mountOf(vfs, place.mount);
  if (place.inode !== mount.root || mount.on === null) return 'EINVAL';
  const subtree = subtreeOf(vfs, mount);
  if (!how.lazy && (subtree.length > 1 || isUsed(vfs, mount))) return 'EBUSY';
  if (how.expire && !mount.isExpiring) {
    mount.isExpiring = true;
    return 'EAGAIN';
  }
  for (const other of copiesOf(vfs, mount)) {
    const inside = subtreeOf(vfs, other);
    if (inside.length === 1 && !isUsed(vfs, other)) unhangMount(vfs, other);
  }
  for (const each of subtree.reverse()) unhangMount(vfs, each);
  sweepMounts(vfs);
  return null;
}

/** The mounts that others of the group it hangs in got when this one was made. */
function copiesOf(vfs: Vfs, { on, super: id }: Mount): Mount[] {
  const receivers = new Set(receiversOf(vfs, mountOf(vfs, on!.mount)).map((each) => each.mount.id));
  return [...vfs.mounts.values()].filter(
    (other) => other.on?.inode === on!.inode && receivers.has(other.on.mount) && other.super === id,
  );
}

/** Somebody has left a place: lets go of mounts that hang nowhere and that nobody uses, and of what hangs in them. */
export function sweepMounts(vfs: Vfs): void {
  if (vfs.unhung <= 1) return;
  const [first] = vfs.mounts.keys();
  const isLost = (mount: Mount) => mount.on === null && mount.id !== first && !isUsed(vfs, mount);
  for (let lost = [...vfs.mounts.values()].filter(isLost); lost.length > 0; ) {
    for (const mount of lost) dropMount(vfs, mount);
    lost = [...vfs.mounts.values()].filter(isLost);
  }
}

function dropMount(vfs: Vfs, { id, root, super: of }: Mount): void {
  for (const inner of vfs.mounts.values()) if (inner.on?.mount === id) unhangMount(vfs, inner);
  vfs.mounts.delete(id);
  vfs.unhung--;
  releaseInode(vfs, root);
  dropSuper(vfs, of);
}

/** File systems that live only while they are mounted. */
const PASSING: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);

/** With its last mount a file system in memory goes, and all that is in it. */
export function dropSuper(vfs: Vfs, id: SuperId): void {
  const made = vfs.supers.get(id);
  if (made === undefined || !PASSING.has(made.type) || id === vfs.memfdSuper) return;
  if ([...vfs.mounts.values()].some((mount) => mount.super === id)) return;
  const inodes = [...vfs.inodes.values()].filter((inode) => inode.super === id);
  for (const inode of inodes) endMarks(vfs, inode, IN.IN_UNMOUNT);
  for (const inode of inodes) {
    inode.entries?.clear();
    inode.nlink = 0;
    inode.parent = 0;
    freeIfUnused(vfs, inode);
  }
  vfs.supers.delete(id);
}
