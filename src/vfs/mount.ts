/** Mounts: file systems hung into the tree, and crossing from one into the next. Linux: fs/namespace.c. */
import { bug } from '../base/index.ts';
import { holdInode, inodeOf, newInode, releaseInode } from './inode.ts';
import type { Layer } from './layer.ts';
import { layeredRoot } from './layered.ts';
import type { Inode, InodeId, MountId, OpenFile, Place, SuperId } from './types.ts';
import type { Mount, Super, Vfs } from './vfs.ts';

/** MS_* flags that a mount keeps (man 2 mount). */
export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOEXEC = 8;
export const MS_NOSYMFOLLOW = 256;
export const MS_NOATIME = 1024;
export const MS_NODIRATIME = 2048;
export const MS_RELATIME = 1 << 21;

export const mountOf = (vfs: Vfs, id: MountId): Mount => vfs.mounts.get(id) ?? bug(`there is no mount ${id}`);
export const superOf = (vfs: Vfs, id: SuperId): Super => vfs.supers.get(id) ?? bug(`no file system ${id}`);

/** Makes a file system whose root `makeRoot` builds. */
function newSuper(vfs: Vfs, type: string, readOnly: boolean, makeRoot: (id: SuperId) => Inode): Super {
  const id = vfs.nextId++ as SuperId;
  const root = makeRoot(id);
  root.parent = root.id;
  const made: Super = {
    id,
    type,
    root: root.id,
    readOnly,
    maxPages: Number.POSITIVE_INFINITY,
    maxInodes: Number.POSITIVE_INFINITY,
    pages: 0,
    inodes: 1,
    options: '',
  };
  vfs.supers.set(id, made);
  return made;
}

/** An empty file system in memory. */
export const newMemorySuper = (vfs: Vfs, type: string, mode: number, readOnly = false): Super =>
  newSuper(vfs, type, readOnly, (id) => {
    const root = newInode(vfs, { super: id, kind: 'directory', mode, uid: 0, gid: 0 });
    root.nlink++;
    return root;
  });

/** A file system over read-only layers, lowest first. */
export const newLayeredSuper = (vfs: Vfs, layers: readonly Layer[]): Super =>
  newSuper(vfs, 'overlay', false, (id) => layeredRoot(vfs, id, layers));

/** The file system of processes. */
export const newProcSuper = (vfs: Vfs): Super =>
  newSuper(vfs, 'proc', false, (id) => {
    const root = newInode(vfs, { super: id, kind: 'directory', mode: 0o555, uid: 0, gid: 0 });
    root.nlink++;
    root.generator = { make: 'root', pid: 0, tid: 0, arg: 0 };
    return root;
  });

export interface MountInit {
  readonly super: SuperId;
  /** Root of what is seen: another directory (or file) than the file system's own for a bind mount. */
  readonly root: InodeId;
  readonly on: Place | null;
  readonly source: string;
  readonly path: string;
  readonly flags: number;
  readonly peers?: number;
  readonly master?: number;
}

/** Hangs a file system in at a place, on top of what is mounted there already. */
export function mountAt(vfs: Vfs, init: MountInit): Mount {
  const mount: Mount = {
    peers: 0,
    master: 0,
    isUnbindable: false,
    isExpiring: false,
    ...init,
    id: vfs.nextId++ as MountId,
    on: null,
  };
  vfs.mounts.set(mount.id, mount);
  vfs.unhung++;
  holdInode(vfs, mount.root);
  if (init.on !== null) hangMount(vfs, mount, init.on);
  return mount;
}

/** Hangs a mount that hangs nowhere in at a place. */
export function hangMount(vfs: Vfs, mount: Mount, on: Place): void {
  mount.on = on;
  vfs.unhung--;
  holdInode(vfs, on.inode);
  const here = vfs.mountPoints.get(on.inode);
  if (here === undefined) vfs.mountPoints.set(on.inode, [mount.id]);
  else here.push(mount.id);
}

/** Takes a mount out of the tree. */
export function unhangMount(vfs: Vfs, mount: Mount): void {
  if (mount.on === null) return;
  const { inode } = mount.on;
  const here = vfs.mountPoints.get(inode)!;
  here.splice(here.indexOf(mount.id), 1);
  if (here.length === 0) vfs.mountPoints.delete(inode);
  mount.on = null;
  vfs.unhung++;
  releaseInode(vfs, inode);
}

/** The root of what is mounted at this place, or the place itself. */
export function crossMounts(vfs: Vfs, mount: MountId, inode: InodeId): Place {
  let here: Place = { mount, inode };
  for (let above = topMount(vfs, here); above !== null; above = topMount(vfs, here))
    here = { mount: above.id, inode: above.root };
  return here;
}

/** What is mounted at this place itself, last. */
export function topMount(vfs: Vfs, place: Place): Mount | null {
  const candidates = vfs.mountPoints.get(place.inode);
  if (candidates === undefined) return null;
  for (let i = candidates.length - 1; i >= 0; i--) {
    const mount = mountOf(vfs, candidates[i]!);
    if (mount.on!.mount === place.mount) return mount;
  }
  return null;
}

/** Is something mounted on this inode (through any mount)? Such a name cannot be removed: EBUSY. */
export const isMountPoint = (vfs: Vfs, inode: InodeId): boolean => vfs.mountPoints.has(inode);

const samePlace = (a: Place, b: Place) => a.mount === b.mount && a.inode === b.inode;

/** Where `..` leads from a directory: never above `root`. */
export function parentOf(vfs: Vfs, place: Place, root: Place): Place {
  let here = place;
  for (;;) {
    if (samePlace(here, root)) return here;
    const mount = mountOf(vfs, here.mount);
    if (here.inode !== mount.root) break;
    if (mount.on === null) return here;
    here = mount.on;
  }
  const parent = inodeOf(vfs, here.inode).parent;
  // A removed directory no longer leads anywhere.
  return parent === 0 ? here : crossMounts(vfs, here.mount, parent);
}

/** Does the file system refuse changes at this place? */
export const isReadOnly = (vfs: Vfs, place: Place): boolean => {
  const mount = mountOf(vfs, place.mount);
  return (mount.flags & MS_RDONLY) !== 0 || superOf(vfs, mount.super).readOnly;
};

/** The absolute path of a directory as seen from `root`; an error when it was removed or cannot be reached. */
export function pathOf(vfs: Vfs, place: Place, root: Place): string | { readonly unreachable: string } {
  const names: string[] = [];
  let here = place;
  while (!samePlace(here, root)) {
    const mount = mountOf(vfs, here.mount);
    if (here.inode === mount.root) {
      if (mount.on === null) return { unreachable: `/${names.join('/')}` };
      here = mount.on;
      continue;
    }
    const inode = vfs.inodes.get(here.inode);
    // A directory moved out of what a bind mount shows has no way up to its root.
    if (inode !== undefined && inode.parent === inode.id) return { unreachable: `/${names.join('/')}` };
    if (inode === undefined || inode.nlink === 0 || inode.parent === 0)
      return { unreachable: `/${names.join('/')} (deleted)` };
    names.unshift(inode.name);
    here = { mount: here.mount, inode: inode.parent };
  }
  return `/${names.join('/')}`;
}

/** Where an open file's name is now, with ` (deleted)` behind it when it has gone; null when that cannot be told. */
export function pathOfDentry(vfs: Vfs, file: OpenFile, root: Place): string | null {
  if (file.inode === 0 || file.mount === 0) return null;
  const inode = inodeOf(vfs, file.inode);
  if (inode.kind === 'directory' && inode.nlink > 0)
    return textOf(pathOf(vfs, { mount: file.mount, inode: inode.id }, root));
  const { dentry } = file;
  const directory = dentry === null ? undefined : vfs.inodes.get(dentry.parent as InodeId);
  if (dentry === null || directory === undefined || directory.nlink === 0) return null;
  const above = textOf(pathOf(vfs, { mount: file.mount, inode: directory.id }, root));
  const isThere = directory.generator !== null || directory.entries?.get(dentry.name) === inode.id;
  return `${above === '/' ? '' : above}/${dentry.name}${isThere ? '' : ' (deleted)'}`;
}

const textOf = (path: ReturnType<typeof pathOf>): string =>
  typeof path === 'string' ? path : path.unreachable;

/** Mounts that hang in the tree, in the order of mounting, with their paths as seen from a root. */
export function listMounts(
  vfs: Vfs,
  root: Place,
): readonly { readonly mount: Mount; readonly path: string }[] {
  const found: { mount: Mount; path: string }[] = [];
  for (const mount of vfs.mounts.values()) {
    const path = pathOfMount(vfs, mount, root);
    if (path !== null) found.push({ mount, path });
  }
  return found;
}

/** Where a mount hangs as seen from a root; null when it cannot be reached from there. */
export function pathOfMount(vfs: Vfs, mount: Mount, root: Place): string | null {
  if (mount.id === root.mount && mount.root === root.inode) return '/';
  if (mount.on === null) return null;
  if (vfs.inodes.get(mount.on.inode)?.kind !== 'directory') return mount.path;
  const path = pathOf(vfs, mount.on, root);
  return typeof path === 'string' ? path : null;
}
