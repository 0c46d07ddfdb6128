/** /proc/sys: the settings that programs look up. */
import { CAP_LAST } from '../../abi/index.ts';
import { fillRandom, seededRandom } from '../../base/index.ts';
import { pipePages } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { UTS } from '../release.ts';
import { pidMax } from '../task.ts';
import { hex } from './format.ts';
import { FIXED_SYSCTL } from './sysctl-fixed.ts';
import { NET_SYSCTL } from './sysctl-net.ts';

const NGROUPS_MAX = 65536;
const PIPE_MAX_SIZE = 1 << 20;
/** Linux: DEFAULT_MAX_MAP_COUNT. */
const MAX_MAP_COUNT = 65530;

/** A version 4 UUID of 16 random bytes. */
function uuidOf(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => hex(byte, 2)).join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}

/** The same for a machine's whole life, apart from the stream that programs draw from. */
function bootId(k: Kernel): string {
  const bytes = new Uint8Array(16);
  fillRandom(seededRandom(k.options.seed + BOOT_ID_STREAM), bytes);
  return uuidOf(bytes);
}
const BOOT_ID_STREAM = 0x626f6f74;

function newUuid(k: Kernel): string {
  const bytes = new Uint8Array(16);
  fillRandom(k.random, bytes);
  return uuidOf(bytes);
}

/** Linux: ULONG_MAX - (1 << 24). */
const BOUNDLESS = '18446744073692774399';
const boundless = (limit: number): string => (limit === Infinity ? BOUNDLESS : String(limit));

const semLimits = ({ ipc: { limits } }: Kernel): string =>
  [limits.semmsl, limits.semmns, limits.semopm, limits.semmni].join('\t');

/** A line for each file below /proc/sys, by path. */
export const SYSCTL: Readonly<Record<string, (k: Kernel) => string | number>> = {
  'sys/fs/file-max': (k) => k.vfs.maxFiles,
  'sys/fs/file-nr': (k) => `${k.vfs.files.size}\t0\t${k.vfs.maxFiles}`,
  'sys/fs/inotify/max_queued_events': (k) => k.vfs.inotifyLimits.queued_events,
  'sys/fs/inotify/max_user_instances': (k) => k.vfs.inotifyLimits.user_instances,
  'sys/fs/inotify/max_user_watches': (k) => k.vfs.inotifyLimits.user_watches,
  'sys/fs/mqueue/msg_default': (k) => k.vfs.mqLimits.msg_default,
  'sys/fs/mqueue/msg_max': (k) => k.vfs.mqLimits.msg_max,
  'sys/fs/mqueue/msgsize_default': (k) => k.vfs.mqLimits.msgsize_default,
  'sys/fs/mqueue/msgsize_max': (k) => k.vfs.mqLimits.msgsize_max,
  'sys/fs/mqueue/queues_max': (k) => k.vfs.mqLimits.queues_max,
  'sys/fs/nr_open': (k) => k.options.maxOpenFiles,
  'sys/fs/pipe-max-size': () => PIPE_MAX_SIZE,
  'sys/fs/pipe-user-pages-hard': (k) => pipePages(k.vfs).hard,
  'sys/fs/pipe-user-pages-soft': (k) => pipePages(k.vfs).soft,
  'sys/fs/protected_fifos': (k) => k.vfs.protections.fifos,
  'sys/fs/protected_hardlinks': (k) => k.vfs.protections.hardlinks,
  'sys/fs/protected_regular': (k) => k.vfs.protections.regular,
  'sys/fs/protected_symlinks': (k) => k.vfs.protections.symlinks,
  'sys/kernel/cap_last_cap': () => CAP_LAST,
  'sys/kernel/core_pattern': () => 'core',
  'sys/kernel/domainname': (k) => k.names.domain,
  'sys/kernel/hostname': (k) => k.names.host,
  'sys/kernel/msgmax': ({ ipc }) => ipc.limits.msgmax,
  'sys/kernel/msgmnb': ({ ipc }) => ipc.limits.msgmnb,
  'sys/kernel/msgmni': ({ ipc }) => ipc.limits.msgmni,
  'sys/kernel/ngroups_max': () => NGROUPS_MAX,
  'sys/kernel/osrelease': () => UTS.release,
  'sys/kernel/ostype': () => UTS.sysname,
  'sys/kernel/pid_max': (k) => pidMax(k.options),
  'sys/kernel/random/boot_id': bootId,
  'sys/kernel/random/entropy_avail': () => 256,
  'sys/kernel/random/uuid': newUuid,
  'sys/kernel/randomize_va_space': () => 0,
  'sys/kernel/sem': semLimits,
  'sys/kernel/shm_rmid_forced': ({ ipc }) => ipc.limits.shmRmidForced,
  'sys/kernel/shmall': ({ ipc }) => boundless(ipc.limits.shmall),
  'sys/kernel/shmmax': ({ ipc }) => boundless(ipc.limits.shmmax),
  'sys/kernel/shmmni': ({ ipc }) => ipc.limits.shmmni,
  'sys/kernel/threads-max': (k) => k.options.maxProcesses,
  'sys/kernel/version': () => UTS.version,
  ...NET_SYSCTL,
  ...FIXED_SYSCTL,
  'sys/vm/max_map_count': () => MAX_MAP_COUNT,
  'sys/vm/overcommit_memory': () => 1,
  'sys/vm/swappiness': () => 0,
};
