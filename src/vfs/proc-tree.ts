/**
 * The shape of /proc: which names there are, what kind and mode they have. What they say comes from the
 * kernel's `ProcSource`, by the node's `make`. A node's inode is made when it is looked up (man 5 proc).
 */
import type { Errno } from '../abi/index.ts';
import { freeIfUnused, inodeOf, newInode } from './inode.ts';
import {
  MACHINE_FILES,
  MACHINE_LINKS,
  NAMESPACES,
  PROCESS_FILES,
  SYSFS_FILES,
  TASK_FILES,
  TASK_MAGIC_LINKS,
  THREAD_FILES,
} from './proc-names.ts';
import type { Inode, InodeId, InodeKind, OpenFile, Place, ProcNode } from './types.ts';
import type { Vfs } from './vfs.ts';

interface ProcShape {
  readonly kind: InodeKind;
  readonly mode: number;
  readonly magic: boolean;
  /** Directories: name → make. */
  readonly names: Map<string, string>;
  /** Directories of numbers: which kind. */
  readonly numbers: 'pid' | 'tid' | 'fd' | 'fdinfo' | null;
}

const directory = (mode: number, numbers: ProcShape['numbers'] = null): ProcShape => ({
  kind: 'directory',
  mode,
  magic: false,
  names: new Map(),
  numbers,
});
const textFile = (mode: number): ProcShape => ({ ...directory(mode), kind: 'file' });
const link = (magic: boolean, mode = 0o777): ProcShape => ({ ...directory(mode), kind: 'symlink', magic });

const SHAPES = buildShapes();

function buildShapes(): ReadonlyMap<string, ProcShape> {
  const shapes = new Map([['root', directory(0o555, 'pid')]]);
  const add = (parent: string, name: string, make: string, shape: ProcShape) => {
    if (!shapes.has(make)) shapes.set(make, shape);
    shapes.get(parent)!.names.set(name, make);
  };
  /** Text files below a directory, making those in between; `prefix` begins each one's make. */
  const addFiles = (top: string, prefix: string, files: Readonly<Record<string, number>>) => {
    for (const [path, mode] of Object.entries(files)) {
      const names = path.split('/');
      const makeOf = (depth: number) => prefix + names.slice(0, depth).join('/');
      names.forEach((name, at) => {
        const shape = at === names.length - 1 ? textFile(mode) : directory(0o555);
        add(at === 0 ? top : makeOf(at), name, makeOf(at + 1), shape);
      });
    }
  };
  addFiles('root', '', MACHINE_FILES);
  for (const name of MACHINE_LINKS) add('root', name, name, link(false));
  for (const make of ['PID', 'TID']) {
    shapes.set(make, directory(0o555));
    addFiles(make, 'PID/', TASK_FILES);
    for (const name of TASK_MAGIC_LINKS) add(make, name, `PID/${name}`, link(true));
    add(make, 'ns', 'PID/ns', directory(0o511));
    for (const name of Object.keys(NAMESPACES)) add('PID/ns', name, `PID/ns/${name}`, link(true));
    add(make, 'fd', 'PID/fd', directory(0o500, 'fd'));
    add(make, 'fdinfo', 'PID/fdinfo', directory(0o555, 'fdinfo'));
  }
  addFiles('PID', 'PID/', PROCESS_FILES);
  addFiles('TID', 'TID/', THREAD_FILES);
  for (const name of Object.keys(NAMESPACES)) shapes.set(`ns/${name}`, textFile(0o444));
  for (const make of SYSFS_FILES) shapes.set(make, textFile(0o444));
  add('PID', 'task', 'PID/task', directory(0o555, 'tid'));
  shapes.set('PID/fd/N', link(true, 0o700));
  shapes.set('PID/fdinfo/N', textFile(0o400));
  return shapes;
}

const shapeOf = (node: ProcNode): ProcShape => SHAPES.get(node.make)!;

/** The node a number stands for in a directory of numbers. */
const NUMBERED: Readonly<
  Record<NonNullable<ProcShape['numbers']>, (parent: ProcNode, n: number) => ProcNode>
> = {
  pid: (_parent, pid) => ({ make: 'PID', pid, tid: 0, arg: 0 }),
  tid: ({ pid }, tid) => ({ make: 'TID', pid, tid, arg: 0 }),
  fd: ({ pid, tid }, arg) => ({ make: 'PID/fd/N', pid, tid, arg }),
  fdinfo: ({ pid, tid }, arg) => ({ make: 'PID/fdinfo/N', pid, tid, arg }),
};

function childNode(parent: ProcNode, name: string): ProcNode | null {
  const { names, numbers } = shapeOf(parent);
  const make = names.get(name);
  if (make !== undefined) return { make, pid: parent.pid, tid: parent.tid, arg: 0 };
  if (numbers === null || !/^(0|[1-9][0-9]{0,9})$/.test(name)) return null;
  const isDescriptor = numbers === 'fd' || numbers === 'fdinfo';
  return name === '0' && !isDescriptor ? null : NUMBERED[numbers](parent, Number(name));
}

/** Looks a name of a /proc directory up: 0 when there is no such thing now. */
export function procChild(vfs: Vfs, parent: Inode, name: string): InodeId | 0 {
  const node = childNode(parent.generator!, name);
  if (node === null) return 0;
  const owner = vfs.host.proc.owner(node);
  if (owner === null) {
    if (node.make === 'PID') forgetProcess(vfs, node.pid);
    return 0;
  }
  const inode = procInode(vfs, parent, node, name);
  inode.uid = owner.uid;
  inode.gid = owner.gid;
  inode.mode = owner.mode ?? inode.mode;
  return inode.id;
}

function procInode(vfs: Vfs, parent: Inode, node: ProcNode, name: string): Inode {
  const known = vfs.procInodes.get(node.pid) ?? new Map<string, InodeId>();
  vfs.procInodes.set(node.pid, known);
  const key = `${node.make} ${node.tid} ${node.arg}`;
  const id = known.get(key);
  if (id !== undefined) return inodeOf(vfs, id);
  const { kind, mode, magic, names } = shapeOf(node);
  const inode = newInode(vfs, { super: parent.super, kind, mode, uid: 0, gid: 0 });
  inode.generator = node;
  inode.nlink = kind === 'directory' ? 2 + subdirectories(names) : 1;
  inode.parent = parent.id;
  inode.name = name;
  // Linux: proc_fd_link sizes are 64, all else in /proc is 0.
  inode.size = magic && node.make === 'PID/fd/N' ? 64 : 0;
  known.set(key, inode.id);
  return inode;
}

function subdirectories(names: ReadonlyMap<string, string>): number {
  let count = 0;
  for (const make of names.values()) if (SHAPES.get(make)!.kind === 'directory') count++;
  return count;
}

/** A /proc directory's names: the fixed ones in byte order, then the numbers ascending (ps relies on it). */
export function procNames(vfs: Vfs, node: ProcNode): string[] {
  const { names, numbers } = shapeOf(node);
  const fixed = [...names.keys()].sort();
  if (numbers === null) return fixed;
  const live = vfs.host.proc.numbers(node) ?? [];
  return [...fixed, ...live.map(String)];
}

/** What a link below ns leads to: a file that all processes have in common. */
function namespaceOf(vfs: Vfs, link: Inode, { mount }: Place): Place {
  const name = link.generator!.make.slice('PID/ns/'.length);
  const node: ProcNode = { make: `ns/${name}`, pid: 0, tid: 0, arg: NAMESPACES[name]! };
  return { mount, inode: procInode(vfs, link, node, name).id };
}

/** The number of a file of /proc that has one of its own, for stat(2). */
export const numberOf = ({ id, generator }: Inode): number =>
  generator?.make.startsWith('ns/') === true ? generator.arg : id;

/** Where a magic link leads; null for an ordinary link, ENOENT or ESRCH when its process has gone. */
export function magicTarget(
  vfs: Vfs,
  link: Inode,
  from: Place,
): ReturnType<Vfs['host']['proc']['target']> | Errno {
  const node = link.generator;
  if (node === null) return null;
  if (node.make.startsWith('PID/ns/')) return namespaceOf(vfs, link, from);
  return shapeOf(node).magic ? (vfs.host.proc.target(node) ?? 'ENOENT') : null;
}

/** Text that shows another process's memory layout: reading it takes the same right as following a magic link. */
const GUARDED = new Set(
  [
    'auxv',
    'environ',
    'io',
    'maps',
    'mem',
    'numa_maps',
    'pagemap',
    'smaps',
    'smaps_rollup',
    'syscall',
    'timerslack_ns',
  ].map((name) => `PID/${name}`),
);

/** May the current task look into the process a /proc node is about? Linux: ptrace_may_access. */
export function mayInspect(vfs: Vfs, { generator }: Inode): boolean {
  if (generator === null || !(shapeOf(generator).magic || GUARDED.has(generator.make))) return true;
  return vfs.host.proc.mayInspect(generator);
}

/** Is this where a magic link led: a place in the tree rather than an open file without one? */
export const isPlace = (target: object): target is Place => 'inode' in target;

/** The process whose /proc/PID directory this open file is, which pidfd_send_signal(2) takes, too; 0 for none. */
export function processOfDirectory(vfs: Vfs, { inode }: OpenFile): number {
  const node = inode === 0 ? null : inodeOf(vfs, inode).generator;
  return node?.make === 'PID' ? node.pid : 0;
}

/** Drops the inodes of a process that was reaped; those somebody has open go with their last holder. */
export function forgetProcess(vfs: Vfs, pid: number): void {
  for (const id of vfs.procInodes.get(pid)?.values() ?? []) {
    const inode = inodeOf(vfs, id);
    inode.nlink = 0;
    freeIfUnused(vfs, inode);
  }
  vfs.procInodes.delete(pid);
}
