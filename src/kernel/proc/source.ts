/** The text, links and entries of /proc, made of the kernel's own records at the moment they are read. */
import { type Errno, O } from '../../abi/index.ts';
import { decodeUtf8 } from '../../base/index.ts';
import type { Mm } from '../../memory/index.ts';
import { NAMESPACES, type Place, type ProcNode, type ProcSource } from '../../vfs/index.ts';
import { msgText, semText, shmText } from '../ipc/text.ts';
import type { Kernel } from '../kernel.ts';
import { mayRead } from '../tracing.ts';
import { fdinfoText } from './fdinfo.ts';
import { descriptorsOf, fdLink, fdTarget, openFileOf, placeOf, placeText } from './files.ts';
import { hex } from './format.ts';
import {
  cpuinfoText,
  devicesText,
  filesystemsText,
  loadavgText,
  machineStatText,
  meminfoText,
  partitionsText,
  swapsText,
  uptimeText,
  versionText,
  vmstatText,
} from './machine-text.ts';
import { mapsText, smapsRollupText, smapsText } from './maps.ts';
import { peekMemory, pokeMemory, syscallText } from './memory.ts';
import { mountinfoText, mountsText, mountstatsText } from './mounts.ts';
import { NET } from './net.ts';
import { PARTS } from './parts.ts';
import { SMALL } from './small.ts';
import { SYSCTL } from './sysctl.ts';
import { sysfsText } from './sysfs.ts';
import { schedstatText, schedText, statmText, statText } from './task-stat.ts';
import { limitsText, oomScoreText, statusText } from './task-status.ts';
import { terminalOf } from './terminal.ts';
import { memoryOf, readRange, type Who, whoIs } from './who.ts';
import { writeProc } from './write.ts';

/** Files about the machine, by name. */
const MACHINE: Readonly<Record<string, (k: Kernel) => string>> = {
  cmdline: () => 'timeslice\n',
  cpuinfo: cpuinfoText,
  devices: devicesText,
  diskstats: () => '',
  filesystems: filesystemsText,
  loadavg: loadavgText,
  meminfo: meminfoText,
  partitions: partitionsText,
  stat: machineStatText,
  swaps: swapsText,
  'sysvipc/msg': msgText,
  'sysvipc/sem': semText,
  'sysvipc/shm': shmText,
  uptime: uptimeText,
  ...PARTS,
  version: versionText,
  vmstat: vmstatText,
};

/** A file that needs an address space; empty for a zombie. */
const inMemory =
  (text: (k: Kernel, mm: Mm) => string) =>
  (k: Kernel, who: Who): string => {
    const mm = memoryOf(k, who);
    return mm === undefined ? '' : text(k, mm);
  };

/** The arguments as they stand in memory, where a program may have rewritten them (setproctitle). */
function cmdlineText(k: Kernel, mm: Mm): string {
  const bytes = readRange(k, mm, mm.argStart, mm.argEnd);
  if (bytes.length === 0 || bytes.at(-1) === 0) return decodeUtf8(bytes);
  // Linux: get_mm_cmdline. Overwritten beyond its end, it goes on into the environment, up to the first NUL.
  const more = readRange(k, mm, mm.argStart, mm.envEnd);
  const end = more.indexOf(0);
  return decodeUtf8(end < 0 ? more : more.subarray(0, end + 1));
}

const asUnsigned = (id: number): string => `${id >>> 0}`;

/** Files about a process or thread, by name. */
const TASK: Readonly<Record<string, (k: Kernel, who: Who, node: ProcNode) => string | null>> = {
  'PID/auxv': inMemory((_k, mm) => decodeUtf8(mm.auxv)),
  'PID/cgroup': () => '0::/\n',
  'PID/cmdline': inMemory(cmdlineText),
  'PID/comm': (_k, { task }) => `${task.comm}\n`,
  'PID/environ': inMemory((k, mm) => decodeUtf8(readRange(k, mm, mm.envStart, mm.envEnd))),
  'PID/fdinfo/N': (k, who, { arg }) => fdinfoText(k, who, arg),
  'PID/limits': (_k, who) => limitsText(who),
  'PID/loginuid': (_k, { group }) => asUnsigned(group.loginUid),
  'PID/maps': inMemory(mapsText),
  'PID/mountinfo': mountinfoText,
  'PID/mountstats': mountstatsText,
  'PID/mounts': mountsText,
  ...NET,
  ...SMALL,
  'PID/oom_score': oomScoreText,
  'PID/oom_score_adj': (_k, { group }) => `${group.oomScoreAdj}\n`,
  'PID/personality': (_k, { task }) => `${hex(task.personality >>> 0, 8)}\n`,
  'PID/sched': (_k, who) => schedText(who),
  'PID/schedstat': (_k, who) => schedstatText(who),
  'PID/sessionid': (_k, { group }) => asUnsigned(group.loginSession),
  'PID/smaps': inMemory(smapsText),
  'PID/smaps_rollup': inMemory(smapsRollupText),
  'PID/stat': (k, who) => statText(k, who, terminalOf(k, who.group)),
  'PID/statm': statmText,
  'PID/status': statusText,
  'PID/syscall': syscallText,
  'PID/wchan': (_k, { task }) => task.wait?.on.replaceAll('-', '_') ?? '0',
};

function textOf(k: Kernel, node: ProcNode): string | null {
  const machine = MACHINE[node.make];
  if (machine !== undefined) return machine(k);
  const system = sysfsText(k, node);
  if (system !== null) return system;
  const setting = SYSCTL[node.make];
  if (setting !== undefined) return `${setting(k)}\n`;
  const who = whoIs(k, node);
  return who === null ? null : (TASK[node.make]?.(k, who, node) ?? null);
}

/** Links about the machine, relative to the reader. */
const LINKS: Readonly<Record<string, (k: Kernel) => string>> = {
  self: (k) => String(k.group.tgid),
  'thread-self': (k) => `${k.group.tgid}/task/${k.task.tid}`,
  mounts: () => 'self/mounts',
  net: () => 'self/net',
};

/** As `pid:[4026531836]`. */
function namespaceText({ make }: ProcNode): string {
  const name = make.slice('PID/ns/'.length);
  return `${name.replace('_for_children', '')}:[${NAMESPACES[name]}]`;
}

function linkOf(k: Kernel, node: ProcNode): string | null {
  const machine = LINKS[node.make];
  if (machine !== undefined) return machine(k);
  const who = whoIs(k, node);
  if (who === null) return null;
  if (node.make === 'PID/fd/N') return fdLink(k, who, node.arg);
  if (node.make.startsWith('PID/ns/')) return namespaceText(node);
  if (node.make === 'PID/exe') return who.group.exe === null ? null : who.group.executable;
  const place = placeOf(k, who, node.make === 'PID/cwd' ? 'cwd' : 'root');
  return place === null ? null : placeText(k, place);
}

function targetOf(k: Kernel, node: ProcNode): ReturnType<ProcSource['target']> {
  const who = whoIs(k, node);
  if (who === null) return null;
  if (node.make === 'PID/fd/N') return fdTarget(k, who, node);
  if (node.make === 'PID/exe') return who.group.exe;
  const place: Place | null = placeOf(k, who, node.make === 'PID/cwd' ? 'cwd' : 'root');
  return place;
}

const ascending = (a: number, b: number) => a - b;

function numbersOf(k: Kernel, node: ProcNode): readonly number[] | null {
  if (node.make === 'root') return [...k.groups.keys()].sort(ascending);
  const who = whoIs(k, node);
  if (who === null) return null;
  return node.make === 'PID/task' ? [...who.group.threads].sort(ascending) : descriptorsOf(k, who);
}

const ROOT = { uid: 0, gid: 0 };

/** The mode of fd/N tells what the file was opened for (Linux: tid_fd_update_inode). */
const linkMode = (flags: number): number => {
  const access = flags & O.O_ACCMODE;
  return (access === O.O_WRONLY ? 0 : 0o500) | (access === O.O_RDONLY ? 0 : 0o300);
};

function ownerOf(k: Kernel, node: ProcNode): ReturnType<ProcSource['owner']> {
  if (node.pid === 0) return ROOT;
  const who = whoIs(k, node);
  if (who === null) return null;
  const isDescriptor = node.make === 'PID/fd/N' || node.make === 'PID/fdinfo/N';
  const file = isDescriptor ? openFileOf(k, who, node.arg) : null;
  if (isDescriptor && file === null) return null;
  const { euid, egid } = who.task.credentials;
  // man 5 proc: what is not dumpable belongs to root, but for the directory itself.
  const isOpen = who.group.dumpable === 1 || node.make === 'PID' || node.make === 'TID';
  const owner = isOpen ? { uid: euid, gid: egid } : ROOT;
  return node.make === 'PID/fd/N' ? { ...owner, mode: linkMode(file!.flags) } : owner;
}

/** /proc for the VFS, out of this kernel. */
export const procSource = (k: Kernel): ProcSource => ({
  text: (node) => textOf(k, node),
  link: (node) => linkOf(k, node),
  numbers: (node) => numbersOf(k, node),
  target: (node) => targetOf(k, node),
  write: (node, text): Errno | null => writeProc(k, node, text),
  mayInspect(node) {
    const who = whoIs(k, node);
    return who === null || mayRead(k, who.task);
  },
  peek: (node, address, into) => peekMemory(k, node, address, into),
  poke: (node, address, from) => pokeMemory(k, node, address, from),
  owner: (node) => ownerOf(k, node),
});
