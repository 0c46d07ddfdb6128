/** Settings of /proc/sys that have one value here: bounds, and choices that this kernel does not leave open. */
import type { Kernel } from '../kernel.ts';

const OVERFLOW_ID = 65534;

/** By path below /proc. */
export const FIXED_SYSCTL: Readonly<Record<string, (k: Kernel) => string | number>> = {
  'sys/fs/aio-max-nr': () => 65536,
  'sys/fs/aio-nr': () => 0,
  'sys/fs/dentry-state': (k) => `${k.vfs.inodes.size}\t0\t45\t0\t0\t0`,
  'sys/fs/inode-nr': (k) => `${k.vfs.inodes.size}\t0`,
  'sys/fs/inode-state': (k) => `${k.vfs.inodes.size}\t0\t0\t0\t0\t0\t0`,
  'sys/fs/overflowgid': () => OVERFLOW_ID,
  'sys/fs/overflowuid': () => OVERFLOW_ID,
  'sys/fs/suid_dumpable': () => 0,
  'sys/kernel/arch': () => 'riscv64',
  'sys/kernel/ctrl-alt-del': () => 0,
  'sys/kernel/ns_last_pid': (k) => k.counters.tid - 1,
  'sys/kernel/overflowgid': () => OVERFLOW_ID,
  'sys/kernel/overflowuid': () => OVERFLOW_ID,
  'sys/kernel/panic': () => 0,
  'sys/kernel/panic_on_oops': () => 0,
  'sys/kernel/printk': () => '7\t4\t1\t7',
  'sys/kernel/random/poolsize': () => 256,
  'sys/kernel/sched_rr_timeslice_ms': () => 100,
  'sys/kernel/sched_rt_period_us': () => 1_000_000,
  'sys/kernel/sched_rt_runtime_us': () => -1,
  'sys/kernel/tainted': () => 0,
  'sys/vm/dirty_background_ratio': () => 10,
  'sys/vm/dirty_expire_centisecs': () => 3000,
  'sys/vm/dirty_ratio': () => 20,
  'sys/vm/dirty_writeback_centisecs': () => 500,
  'sys/vm/min_free_kbytes': () => 0,
  'sys/vm/mmap_min_addr': () => 65536,
  'sys/vm/nr_hugepages': () => 0,
  'sys/vm/overcommit_ratio': () => 50,
  'sys/vm/panic_on_oom': () => 0,
};
