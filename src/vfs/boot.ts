/** The tree a machine boots with: layers at the root, /proc, /dev, /sys and the memory file systems. */
import { S_IF } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { fillRun } from './boot-run.ts';
import { addName, childOf } from './directory.ts';
import { holdInode, inodeOf, newInode, releaseInode, writeAt } from './inode.ts';
import type { Layer } from './layer.ts';
import { pageFiller } from './layered.ts';
import {
  crossMounts,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RELATIME,
  mountAt,
  newLayeredSuper,
  newMemorySuper,
  newProcSuper,
  pathOf,
} from './mount.ts';
import { mqueueSuper } from './mqueue.ts';
import { CPU_FILES, NODE_FILES, NODE0_FILES, TOPOLOGY_FILES } from './proc-names.ts';
import { newDevptsSuper } from './pty.ts';
import { setTmpfsOptions } from './tmpfs-options.ts';
import { STICKY_SHARED } from './tree.ts';

import type { FsContext, Inode, InodeKind, MountId, Place } from './types.ts';
import { sweepMounts } from './unmount.ts';
import type { Super, Vfs } from './vfs.ts';

/** What the tree of a new machine is made of. */
export interface BootOptions {
  /** Image layers, lowest first. */
  readonly layers: readonly Layer[];
  readonly cpus: number;
}

const device = (major: number, minor: number) => major * 256 + minor;

/** Character devices: name, mode, number (Linux: admin-guide/devices.txt). */
const DEVICES: readonly (readonly [name: string, mode: number, rdev: number])[] = [
  ['null', 0o666, device(1, 3)],
  ['zero', 0o666, device(1, 5)],
  ['full', 0o666, device(1, 7)],
  ['random', 0o666, device(1, 8)],
  ['urandom', 0o666, device(1, 9)],
  ['tty', 0o666, device(5, 0)],
  ['console', 0o620, device(5, 1)],
  ['ptmx', 0o666, device(5, 2)],
];

const DEVICE_LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
];

/** What init systems mount /proc and /sys with. */
const PSEUDO = MS_NOSUID | MS_NODEV | MS_NOEXEC;

/** Mounts everything and serves the page cache; gives the root directory. */
export function bootTree(vfs: Vfs, { layers, cpus }: BootOptions): Place {
  vfs.memory.objects.filler = pageFiller(vfs);
  const made = layers.length > 0 ? newLayeredSuper(vfs, layers) : newMemorySuper(vfs, 'tmpfs', 0o755);
  const rootMount = mountAt(vfs, {
    super: made.id,
    root: made.root,
    on: null,
    source: made.type,
    path: '/',
    flags: MS_RELATIME,
  });
  const root: Place = { mount: rootMount.id, inode: made.root };
  mountBoot(vfs, root, '/proc', newProcSuper(vfs), PSEUDO);
  mountBoot(vfs, root, '/sys', fillSys(vfs, newMemorySuper(vfs, 'sysfs', 0o555), cpus), PSEUDO);
  mountBoot(vfs, root, '/dev', fillDev(vfs, newMemorySuper(vfs, 'devtmpfs', 0o755)));
  mountBoot(vfs, root, '/dev/pts', newDevptsSuper(vfs), MS_NOSUID | MS_NOEXEC);
  mountBoot(vfs, root, '/dev/shm', newTmpfs(vfs));
  mountBoot(vfs, root, '/dev/mqueue', mqueueSuper(vfs), PSEUDO);
  const run = fillRun(vfs, inodeOf(vfs, made.root), newMemorySuper(vfs, 'tmpfs', 0o755));
  mountBoot(vfs, root, '/run', run);
  mountBoot(vfs, root, '/tmp', newTmpfs(vfs));
  return root;
}

/** As mount(8) makes one without options: it may take half of the memory. */
function newTmpfs(vfs: Vfs): Super {
  const made = newMemorySuper(vfs, 'tmpfs', STICKY_SHARED);
  setTmpfsOptions(vfs, made, '', true);
  return made;
}

function mountBoot(vfs: Vfs, root: Place, path: string, what: Super, more = 0): MountId {
  const on = makeDirectories(vfs, root, path);
  return mountAt(vfs, {
    super: what.id,
    root: what.root,
    on,
    source: what.type,
    path,
    flags: MS_RELATIME | more,
  }).id;
}

/** Mounts a read-only layer (a host directory) at a path, memory above it. */
export function mountLayer(vfs: Vfs, root: Place, path: string, layer: Layer): MountId {
  return mountBoot(vfs, root, path, newLayeredSuper(vfs, [layer]));
}

/** Walks names for the kernel itself, making the directories that are missing. Links on the way are followed. */
function makeDirectories(vfs: Vfs, root: Place, path: string): Place {
  let here = root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    const directory = inodeOf(vfs, here.inode);
    const known = childOf(vfs, directory, name);
    const child = known === 0 ? addNode(vfs, directory, name, 'directory', 0o755) : inodeOf(vfs, known);
    if (child.kind === 'symlink') {
      const above = pathOf(vfs, here, root);
      if (typeof above !== 'string') return bug(`${path} lies nowhere`);
      const isAbsolute = child.target.startsWith('/');
      here = makeDirectories(vfs, root, isAbsolute ? child.target : `${above}/${child.target}`);
    } else here = crossMounts(vfs, here.mount, child.id);
  }
  return here;
}

function addNode(vfs: Vfs, parent: Inode, name: string, kind: InodeKind, mode: number): Inode {
  const inode = newInode(vfs, { super: parent.super, kind, mode, uid: 0, gid: 0 });
  addName(vfs, parent, name, inode);
  return inode;
}

function fillDev(vfs: Vfs, dev: Super): Super {
  const root = inodeOf(vfs, dev.root);
  for (const [name, mode, rdev] of DEVICES) addNode(vfs, root, name, 'char', mode).rdev = rdev;
  for (const [name, target] of DEVICE_LINKS) {
    const link = addNode(vfs, root, name, 'symlink', 0o777);
    link.target = target;
    link.size = target.length;
  }
  return dev;
}

/** The part of /sys that C libraries, util-linux, numactl and CPython read: processors and the one node of memory. */
function fillSys(vfs: Vfs, sys: Super, cpus: number): Super {
  const top = inodeOf(vfs, sys.root);
  const below = (parent: Inode, name: string) => addNode(vfs, parent, name, 'directory', 0o755);
  const fill = (directory: Inode, kind: string, names: readonly string[], arg = 0) => {
    for (const name of names) {
      const file = addNode(vfs, directory, name, 'file', 0o444);
      file.generator = { make: `sysfs/${kind}/${name}`, pid: 0, tid: 0, arg };
    }
  };
  for (const name of ['fs', 'kernel', 'module', 'power']) below(top, name);
  const system = below(below(top, 'devices'), 'system');
  const cpu = below(system, 'cpu');
  fill(cpu, 'cpu', CPU_FILES);
  for (let n = 0; n < cpus; n++)
    fill(below(below(cpu, `cpu${n}`), 'topology'), 'topology', TOPOLOGY_FILES, n);
  const node = below(system, 'node');
  fill(node, 'node', NODE_FILES);
  fill(below(node, 'node0'), 'node0', NODE0_FILES);
  return sys;
}

/** Puts a file of the kernel's own into the tree (an init program, a name service file), owned by root. */
export function addFile(vfs: Vfs, root: Place, path: string, bytes: Uint8Array, mode: number): Inode {
  const slash = path.lastIndexOf('/');
  const place = makeDirectories(vfs, root, path.slice(0, slash));
  const directory = inodeOf(vfs, place.inode);
  const name = path.slice(slash + 1);
  if (childOf(vfs, directory, name) !== 0) bug(`${path} is already there`);
  const inode = addNode(vfs, directory, name, 'file', mode & ~S_IF.file);
  if (writeAt(vfs, inode, 0, bytes) < bytes.length) bug(`no memory for ${path}`);
  return inode;
}

/** A context for the first process: at the root. */
export function newFsContext(vfs: Vfs, root: Place): FsContext {
  const context: FsContext = { users: 1, cwd: root, root, umask: 0o022 };
  holdContext(vfs, context);
  return context;
}

const holdContext = (vfs: Vfs, { cwd, root }: FsContext): void => {
  holdInode(vfs, cwd.inode);
  holdInode(vfs, root.inode);
};

/** fork's copy: the same places, held once more. */
export function copyFsContext(vfs: Vfs, from: FsContext): FsContext {
  const copy: FsContext = { ...from, users: 1 };
  holdContext(vfs, copy);
  return copy;
}

/** A user of the context goes; the last one lets its places go. */
export function releaseFsContext(vfs: Vfs, context: FsContext): void {
  if (--context.users > 0) return;
  releaseInode(vfs, context.cwd.inode);
  releaseInode(vfs, context.root.inode);
  sweepMounts(vfs);
}

/** chdir(2) and chroot(2): moves the held place. */
export function moveContext(vfs: Vfs, context: FsContext, which: 'cwd' | 'root', to: Place): void {
  holdInode(vfs, to.inode);
  releaseInode(vfs, context[which].inode);
  context[which] = to;
  sweepMounts(vfs);
}
