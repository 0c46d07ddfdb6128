/** Writing to /proc: comm, oom_score_adj, loginuid, and the machine's names. */
import { CAP, type Errno } from '../../abi/index.ts';
import type { ProcNode } from '../../vfs/index.ts';
import { capable } from '../capable.ts';
import type { IpcLimits } from '../ipc/state.ts';
import type { Kernel } from '../kernel.ts';
import { renameTask } from '../task.ts';
import { writeClearRefs } from './memory.ts';
import { type Who, whoIs } from './who.ts';

/** TASK_COMM_LEN without the NUL, in bytes. */
const COMM_MAX = 15;
const OOM_SCORE_ADJ_MAX = 1000;

/** man 5 proc: a thread may rename the threads of its own process. */
function writeComm(k: Kernel, { group, task }: Who, text: string): Errno | null {
  if (group !== k.group) return 'EINVAL';
  renameTask(k, task, text.replace(/\n$/, '').slice(0, COMM_MAX));
  return null;
}

/** Making oneself a more likely victim is free; the other way takes CAP_SYS_RESOURCE. */
function writeOomScoreAdj(k: Kernel, { group }: Who, text: string): Errno | null {
  const digits = text.trim();
  if (!/^[+-]?[0-9]+$/.test(digits)) return 'EINVAL';
  const value = Number(digits);
  if (Math.abs(value) > OOM_SCORE_ADJ_MAX) return 'EINVAL';
  if (value < group.oomScoreAdj && !capable(k, CAP.CAP_SYS_RESOURCE)) return 'EACCES';
  group.oomScoreAdj = value;
  return null;
}

const UNSET = 0xffffffff;

/** Once set, only CAP_AUDIT_CONTROL changes it; each log-in begins a session. Linux: audit_set_loginuid. */
function writeLoginUid(k: Kernel, { group }: Who, text: string): Errno | null {
  if (group !== k.group) return 'EPERM';
  const digits = text.trim();
  if (!/^[0-9]+$/.test(digits) || Number(digits) > UNSET) return 'EINVAL';
  if (group.loginUid !== -1 && !capable(k, CAP.CAP_AUDIT_CONTROL)) return 'EPERM';
  group.loginUid = Number(digits) | 0;
  group.loginSession = group.loginUid === -1 ? -1 : ++k.counters.logins;
  return null;
}

const WRITERS: Readonly<Record<string, (k: Kernel, who: Who, text: string) => Errno | null>> = {
  'PID/clear_refs': writeClearRefs,
  'PID/comm': writeComm,
  'PID/loginuid': writeLoginUid,
  'PID/oom_score_adj': writeOomScoreAdj,
};

/** sethostname(2) by other means. Linux: the string ends at a newline. */
const NAMES: Readonly<Record<string, 'host' | 'domain'>> = {
  'sys/kernel/hostname': 'host',
  'sys/kernel/domainname': 'domain',
};
/** Linux: __NEW_UTS_LEN. */
const NAME_MAX = 64;

/** Numbers of /proc/sys that root may change, with their largest value. */
const SETTINGS: Readonly<
  Record<string, { readonly least?: number; readonly most: number; set(k: Kernel, value: number): void }>
> = {
  'sys/net/ipv4/ip_unprivileged_port_start': {
    most: 65535,
    set(k, value) {
      k.vfs.firstFreePort = value;
    },
  },
  'sys/fs/file-max': {
    most: Number.MAX_SAFE_INTEGER,
    set(k, value) {
      k.vfs.maxFiles = value;
    },
  },
  ...Object.fromEntries(
    (['queued_events', 'user_instances', 'user_watches'] as const).map((name) => [
      `sys/fs/inotify/max_${name}`,
      {
        most: 2 ** 31 - 1,
        set(k: Kernel, value: number) {
          k.vfs.inotifyLimits[name] = value;
        },
      },
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        ['msg_default', 1, 65536],
        ['msg_max', 1, 65536],
        ['msgsize_default', 128, 16 * 1024 * 1024],
        ['msgsize_max', 128, 16 * 1024 * 1024],
        ['queues_max', 0, 2 ** 31 - 1],
      ] as const
    ).map(([name, least, most]) => [
      `sys/fs/mqueue/${name}`,
      {
        least,
        most,
        set(k: Kernel, value: number) {
          k.vfs.mqLimits[name] = value;
        },
      },
    ]),
  ),
  ...Object.fromEntries(
    (['fifos', 'hardlinks', 'regular', 'symlinks'] as const).map((name) => [
      `sys/fs/protected_${name}`,
      {
        most: name === 'fifos' || name === 'regular' ? 2 : 1,
        set(k: Kernel, value: number) {
          k.vfs.protections[name] = value;
        },
      },
    ]),
  ),
};

/** Limits of System V objects (ipc/state.ts) that root may change. */
const IPC_LIMITS: Readonly<Record<string, { readonly limit: keyof IpcLimits; readonly most: number }>> = {
  'sys/kernel/msgmax': { limit: 'msgmax', most: 2 ** 31 - 1 },
  'sys/kernel/msgmnb': { limit: 'msgmnb', most: 2 ** 31 - 1 },
  'sys/kernel/msgmni': { limit: 'msgmni', most: 32768 },
  'sys/kernel/shm_rmid_forced': { limit: 'shmRmidForced', most: 1 },
  'sys/kernel/shmall': { limit: 'shmall', most: Infinity },
  'sys/kernel/shmmax': { limit: 'shmmax', most: Infinity },
  'sys/kernel/shmmni': { limit: 'shmmni', most: 32768 },
};

function writeIpcLimit(k: Kernel, make: string, text: string): Errno | null {
  const { limit, most } = IPC_LIMITS[make]!;
  const value = /^\s*[0-9]+\s*$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > most) return 'EINVAL';
  // Numbers that only a 64-bit word tells apart mean: no limit.
  k.ipc.limits[limit] = value > Number.MAX_SAFE_INTEGER ? Infinity : value;
  return null;
}

/** kernel.sem: SEMMSL, SEMMNS, SEMOPM and SEMMNI, of which one may leave the last ones out. */
function writeSemLimits(k: Kernel, text: string): Errno | null {
  const values = text.trim().split(/\s+/).map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < 0 || value >= 2 ** 31)) return 'EINVAL';
  const { limits } = k.ipc;
  const [semmsl, semmns, semopm, semmni = limits.semmni] = values;
  if (semmni > 32768) return 'ERANGE';
  Object.assign(limits, { semmni });
  for (const [name, value] of Object.entries({ semmsl, semmns, semopm }))
    if (value !== undefined) limits[name as keyof IpcLimits] = value;
  return null;
}

/** What a write to a node does. The other settings of /proc/sys and the rest stay as they are: EPERM. */
export function writeProc(k: Kernel, node: ProcNode, text: string): Errno | null {
  const name = NAMES[node.make];
  if (name !== undefined) {
    k.names[name] = text.replace(/\n[\s\S]*$/, '').slice(0, NAME_MAX);
    return null;
  }
  const setting = SETTINGS[node.make];
  if (setting !== undefined) {
    const value = /^\s*[0-9]+\s*$/.test(text) ? Number(text) : setting.most + 1;
    if (value > setting.most || value < (setting.least ?? 0)) return 'EINVAL';
    setting.set(k, value);
    return null;
  }
  if (IPC_LIMITS[node.make] !== undefined) return writeIpcLimit(k, node.make, text);
  if (node.make === 'sys/kernel/sem') return writeSemLimits(k, text);
  const writer = WRITERS[node.make];
  if (writer === undefined) return 'EPERM';
  const who = whoIs(k, node);
  return who === null ? 'ESRCH' : writer(k, who, text);
}
