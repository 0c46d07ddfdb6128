/**
 * The shape of /proc: which names there are, what kind and mode they have. What they say comes from the
 * kernel's `ProcSource`, by the node's `make`. A node's inode is made when it is looked up (man 5 proc).
 */
import type { Errno } from '../abi/index.ts';
import { freeIfUnused, inodeOf, newInode } from './inode.ts';
import { NET_FILES, NET_SETTINGS } from './net/proc-names.ts';
import type { Inode, InodeId, InodeKind, OpenFile, Place, ProcNode } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Text files about the machine, by path; a directory on the way is made of the names below it. */
const MACHINE_FILES: Readonly<Record<string, number>> = {
  cmdline: 0o444,
  cpuinfo: 0o444,
  devices: 0o444,
  diskstats: 0o444,
  filesystems: 0o444,
  loadavg: 0o444,
  meminfo: 0o444,
  partitions: 0o444,
  stat: 0o444,
  swaps: 0o444,
  'sys/fs/file-max': 0o644,
  'sys/fs/file-nr': 0o444,
  'sys/fs/inotify/max_queued_events': 0o644,
  'sys/fs/inotify/max_user_instances': 0o644,
  'sys/fs/inotify/max_user_watches': 0o644,
  'sys/fs/mqueue/msg_default': 0o644,
  'sys/fs/mqueue/msg_max': 0o644,
  'sys/fs/mqueue/msgsize_default': 0o644,
  'sys/fs/mqueue/msgsize_max': 0o644,
  'sys/fs/mqueue/queues_max': 0o644,
  'sys/fs/nr_open': 0o644,
  'sys/fs/pipe-max-size': 0o644,
  'sys/fs/pipe-user-pages-hard': 0o644,
  'sys/fs/pipe-user-pages-soft': 0o644,
  'sys/fs/protected_fifos': 0o644,
  'sys/fs/protected_hardlinks': 0o644,
  'sys/fs/protected_regular': 0o644,
  'sys/fs/protected_symlinks': 0o644,
  'sys/kernel/cap_last_cap': 0o444,
  'sys/kernel/core_pattern': 0o644,
  'sys/kernel/domainname': 0o644,
  'sys/kernel/hostname': 0o644,
  'sys/kernel/msgmax': 0o644,
  'sys/kernel/msgmnb': 0o644,
  'sys/kernel/msgmni': 0o644,
  'sys/kernel/ngroups_max': 0o444,
  'sys/kernel/osrelease': 0o444,
  'sys/kernel/ostype': 0o444,
  'sys/kernel/pid_max': 0o644,
  'sys/kernel/random/boot_id': 0o444,
  'sys/kernel/random/entropy_avail': 0o444,
  'sys/kernel/random/uuid': 0o444,
  'sys/kernel/randomize_va_space': 0o644,
  'sys/kernel/sem': 0o644,
  'sys/kernel/shm_rmid_forced': 0o644,
  'sys/kernel/shmall': 0o644,
  'sys/kernel/shmmax': 0o644,
  'sys/kernel/shmmni': 0o644,
  'sys/kernel/threads-max': 0o644,
  'sys/kernel/version': 0o444,
  ...NET_SETTINGS,
  'sys/vm/max_map_count': 0o644,
  'sys/vm/overcommit_memory': 0o644,
  'sys/vm/swappiness': 0o644,
  'sysvipc/msg': 0o444,
  'sysvipc/sem': 0o444,
  'sysvipc/shm': 0o444,
  uptime: 0o444,
  version: 0o444,
  vmstat: 0o444,
};
const MACHINE_LINKS = ['self', 'thread-self', 'mounts', 'net'];

/** Text files of a process; of a thread under task/TID, too. */
const TASK_FILES: Readonly<Record<string, number>> = {
  auxv: 0o400,
  cgroup: 0o444,
  cmdline: 0o444,
  comm: 0o644,
  environ: 0o400,
  limits: 0o444,
  loginuid: 0o644,
  maps: 0o444,
  mem: 0o600,
  mountinfo: 0o444,
  mounts: 0o444,
  mountstats: 0o400,
  ...NET_FILES,
  oom_score: 0o444,
  oom_score_adj: 0o644,
  personality: 0o400,
  sched: 0o644,
  schedstat: 0o444,
  sessionid: 0o444,
  smaps: 0o444,
  smaps_rollup: 0o444,
  stat: 0o444,
  statm: 0o444,
  status: 0o444,
  syscall: 0o400,
  wchan: 0o444,
};
/** Links that lead past all names (Linux: proc_pid_link_inode_operations). */
const TASK_MAGIC_LINKS = ['cwd', 'exe', 'root'];

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
    add(make, 'fd', 'PID/fd', directory(0o500, 'fd'));
    add(make, 'fdinfo', 'PID/fdinfo', directory(0o555, 'fdinfo'));
  }
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

/** Where a magic link leads; null for an ordinary link, ENOENT or ESRCH when its process has gone. */
export function magicTarget(vfs: Vfs, node: ProcNode): ReturnType<Vfs['host']['proc']['target']> | Errno {
  return shapeOf(node).magic ? (vfs.host.proc.target(node) ?? 'ENOENT') : null;
}

/** Text that shows another process's memory layout: reading it takes the same right as following a magic link. */
const GUARDED = new Set(['PID/maps', 'PID/mem', 'PID/smaps', 'PID/smaps_rollup', 'PID/syscall']);

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
