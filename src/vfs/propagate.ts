/** Shared subtrees: what is mounted below one mount appears below its peers and slaves, too. Linux: fs/pnode.c. */
import { isWithin } from './directory.ts';
import { inodeOf } from './inode.ts';
import { type MountInit, mountAt, mountOf } from './mount.ts';
import type { InodeId, Place } from './types.ts';
import type { Mount, Vfs } from './vfs.ts';

/** A mount that gets what another one gets; a slave gives nothing back. */
interface Receiver {
  readonly mount: Mount;
  readonly isSlave: boolean;
}

/** Peers of a mount, and the slaves of its group with theirs. */
export function receiversOf(vfs: Vfs, mount: Mount): Receiver[] {
  if (mount.peers === 0) return [];
  const groups = [mount.peers];
  const found: Receiver[] = [];
  for (const group of groups)
    for (const other of vfs.mounts.values()) {
      if (other === mount) continue;
      if (other.peers === group && group === mount.peers) found.push({ mount: other, isSlave: false });
      if (other.master !== group) continue;
      found.push({ mount: other, isSlave: true });
      if (other.peers !== 0 && !groups.includes(other.peers)) groups.push(other.peers);
    }
  return found;
}

/** Does this mount show the inode? */
const shows = (vfs: Vfs, { root }: Mount, inode: InodeId): boolean => {
  const here = inodeOf(vfs, inode);
  return here.kind === 'directory' && isWithin(vfs, here, inodeOf(vfs, root));
};

/** Hangs a file system in at a place, and at the same place of all mounts that are to get it. */
export function mountShared(vfs: Vfs, init: MountInit & { readonly on: Place }): Mount {
  const parent = mountOf(vfs, init.on.mount);
  const isShared = parent.peers !== 0;
  const peers = isShared && !init.peers ? vfs.nextId++ : (init.peers ?? 0);
  const receivers = receiversOf(vfs, parent);
  const made = mountAt(vfs, { ...init, peers });
  for (const { mount, isSlave } of receivers) {
    if (!shows(vfs, mount, init.on.inode)) continue;
    const on = { mount: mount.id, inode: init.on.inode };
    mountAt(vfs, { ...init, on, ...(isSlave ? { peers: 0, master: peers } : { peers }) });
  }
  return made;
}

/** MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE. */
export type Propagation = 'shared' | 'private' | 'slave' | 'unbindable';

/** Changes how a mount takes part. */
export function setPropagation(vfs: Vfs, mount: Mount, how: Propagation): void {
  mount.isUnbindable = how === 'unbindable';
  if (how === 'shared') {
    if (mount.peers === 0) mount.peers = vfs.nextId++;
    return;
  }
  if (how === 'slave') {
    const hasPeers = [...vfs.mounts.values()].some((other) => other !== mount && other.peers === mount.peers);
    if (mount.peers !== 0 && hasPeers) mount.master = mount.peers;
  } else mount.master = 0;
  mount.peers = 0;
}
