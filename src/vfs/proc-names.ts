/** The names of /proc and of /sys's text files, with their modes. What they say comes from the kernel. */
import { NET_FILES, NET_SETTINGS } from './net/proc-names.ts';

/** Text files about the machine, by path; a directory on the way is made of the names below it. */
export const MACHINE_FILES: Readonly<Record<string, number>> = {
  buddyinfo: 0o444,
  cmdline: 0o444,
  consoles: 0o444,
  cpuinfo: 0o444,
  crypto: 0o444,
  devices: 0o444,
  diskstats: 0o444,
  execdomains: 0o444,
  filesystems: 0o444,
  interrupts: 0o444,
  kallsyms: 0o444,
  loadavg: 0o444,
  locks: 0o444,
  meminfo: 0o444,
  misc: 0o444,
  modules: 0o444,
  partitions: 0o444,
  schedstat: 0o444,
  slabinfo: 0o400,
  softirqs: 0o444,
  stat: 0o444,
  swaps: 0o444,
  'sys/fs/aio-max-nr': 0o644,
  'sys/fs/aio-nr': 0o444,
  'sys/fs/dentry-state': 0o444,
  'sys/fs/file-max': 0o644,
  'sys/fs/file-nr': 0o444,
  'sys/fs/inode-nr': 0o444,
  'sys/fs/inode-state': 0o444,
  'sys/fs/inotify/max_queued_events': 0o644,
  'sys/fs/inotify/max_user_instances': 0o644,
  'sys/fs/inotify/max_user_watches': 0o644,
  'sys/fs/mqueue/msg_default': 0o644,
  'sys/fs/mqueue/msg_max': 0o644,
  'sys/fs/mqueue/msgsize_default': 0o644,
  'sys/fs/mqueue/msgsize_max': 0o644,
  'sys/fs/mqueue/queues_max': 0o644,
  'sys/fs/nr_open': 0o644,
  'sys/fs/overflowgid': 0o644,
  'sys/fs/overflowuid': 0o644,
  'sys/fs/pipe-max-size': 0o644,
  'sys/fs/pipe-user-pages-hard': 0o644,
  'sys/fs/pipe-user-pages-soft': 0o644,
  'sys/fs/protected_fifos': 0o644,
  'sys/fs/protected_hardlinks': 0o644,
  'sys/fs/protected_regular': 0o644,
  'sys/fs/protected_symlinks': 0o644,
  'sys/fs/suid_dumpable': 0o644,
  'sys/kernel/arch': 0o444,
  'sys/kernel/cap_last_cap': 0o444,
  'sys/kernel/core_pattern': 0o644,
  'sys/kernel/ctrl-alt-del': 0o644,
  'sys/kernel/domainname': 0o644,
  'sys/kernel/hostname': 0o644,
  'sys/kernel/msgmax': 0o644,
  'sys/kernel/msgmnb': 0o644,
  'sys/kernel/msgmni': 0o644,
  'sys/kernel/ngroups_max': 0o444,
  'sys/kernel/ns_last_pid': 0o444,
  'sys/kernel/osrelease': 0o444,
  'sys/kernel/ostype': 0o444,
  'sys/kernel/overflowgid': 0o644,
  'sys/kernel/overflowuid': 0o644,
  'sys/kernel/panic': 0o644,
  'sys/kernel/panic_on_oops': 0o644,
  'sys/kernel/pid_max': 0o644,
  'sys/kernel/printk': 0o644,
  'sys/kernel/random/boot_id': 0o444,
  'sys/kernel/random/entropy_avail': 0o444,
  'sys/kernel/random/poolsize': 0o444,
  'sys/kernel/random/uuid': 0o444,
  'sys/kernel/randomize_va_space': 0o644,
  'sys/kernel/sched_rr_timeslice_ms': 0o644,
  'sys/kernel/sched_rt_period_us': 0o644,
  'sys/kernel/sched_rt_runtime_us': 0o644,
  'sys/kernel/sem': 0o644,
  'sys/kernel/shm_rmid_forced': 0o644,
  'sys/kernel/shmall': 0o644,
  'sys/kernel/shmmax': 0o644,
  'sys/kernel/shmmni': 0o644,
  'sys/kernel/tainted': 0o644,
  'sys/kernel/threads-max': 0o644,
  'sys/kernel/version': 0o444,
  'sys/vm/dirty_background_ratio': 0o644,
  'sys/vm/dirty_expire_centisecs': 0o644,
  'sys/vm/dirty_ratio': 0o644,
  'sys/vm/dirty_writeback_centisecs': 0o644,
  'sys/vm/max_map_count': 0o644,
  'sys/vm/min_free_kbytes': 0o644,
  'sys/vm/mmap_min_addr': 0o644,
  'sys/vm/nr_hugepages': 0o644,
  'sys/vm/overcommit_memory': 0o644,
  'sys/vm/overcommit_ratio': 0o644,
  'sys/vm/panic_on_oom': 0o644,
  'sys/vm/swappiness': 0o644,
  'sysvipc/msg': 0o444,
  'sysvipc/sem': 0o444,
  'sysvipc/shm': 0o444,
  'tty/drivers': 0o444,
  uptime: 0o444,
  version: 0o444,
  vmstat: 0o444,
  zoneinfo: 0o444,
  ...NET_SETTINGS,
};
/** Links about the machine. */
export const MACHINE_LINKS = ['self', 'thread-self', 'mounts', 'net'];

/** Text files of a process; of a thread under task/TID, too. */
export const TASK_FILES: Readonly<Record<string, number>> = {
  auxv: 0o400,
  clear_refs: 0o200,
  cgroup: 0o444,
  cmdline: 0o444,
  comm: 0o644,
  environ: 0o400,
  gid_map: 0o644,
  io: 0o400,
  limits: 0o444,
  loginuid: 0o644,
  maps: 0o444,
  mem: 0o600,
  mountinfo: 0o444,
  mounts: 0o444,
  numa_maps: 0o444,
  oom_adj: 0o644,
  oom_score: 0o444,
  oom_score_adj: 0o644,
  pagemap: 0o400,
  personality: 0o400,
  projid_map: 0o644,
  sched: 0o644,
  schedstat: 0o444,
  sessionid: 0o444,
  setgroups: 0o644,
  smaps: 0o444,
  smaps_rollup: 0o444,
  stat: 0o444,
  statm: 0o444,
  status: 0o444,
  syscall: 0o400,
  uid_map: 0o644,
  wchan: 0o444,
  ...NET_FILES,
};
/** Links that lead past all names (Linux: proc_pid_link_inode_operations). */
export const TASK_MAGIC_LINKS = ['cwd', 'exe', 'root'];

/**
 * Namespaces, of each of which there is one, with the numbers that Linux gives its first ones
 * (include/linux/proc_ns.h).
 */
export const NAMESPACES: Readonly<Record<string, number>> = {
  cgroup: 0xeffffffb,
  ipc: 0xefffffff,
  mnt: 0xf0000001,
  net: 0xf0000000,
  pid: 0xeffffffc,
  pid_for_children: 0xeffffffc,
  user: 0xeffffffd,
  uts: 0xeffffffe,
};

/** Text files of a process as a whole. */
export const PROCESS_FILES: Readonly<Record<string, number>> = {
  coredump_filter: 0o644,
  mountstats: 0o400,
  timers: 0o444,
  timerslack_ns: 0o666,
};

/** Text files of one thread. */
export const THREAD_FILES: Readonly<Record<string, number>> = { children: 0o444 };

/** Files below /sys/devices/system/cpu. */
export const CPU_FILES = ['isolated', 'kernel_max', 'offline', 'online', 'possible', 'present'];

/** Files of one processor, below cpuN. */
export const TOPOLOGY_FILES = [
  'core_cpus',
  'core_cpus_list',
  'core_id',
  'core_siblings',
  'core_siblings_list',
  'package_cpus',
  'package_cpus_list',
  'physical_package_id',
  'thread_siblings',
  'thread_siblings_list',
];

/** Files below /sys/devices/system/node, and of its one node. */
export const NODE_FILES = ['has_cpu', 'has_memory', 'has_normal_memory', 'online', 'possible'];
export const NODE0_FILES = ['cpulist', 'cpumap', 'distance', 'meminfo', 'numastat', 'vmstat'];

/** What /sys shows: the makes of its text files. */
export const SYSFS_FILES = [
  ...CPU_FILES.map((name) => `sysfs/cpu/${name}`),
  ...TOPOLOGY_FILES.map((name) => `sysfs/topology/${name}`),
  ...NODE_FILES.map((name) => `sysfs/node/${name}`),
  ...NODE0_FILES.map((name) => `sysfs/node0/${name}`),
];
