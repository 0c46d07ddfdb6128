/** What this kernel says it is: uname(2), /proc/version and /proc/sys/kernel read it here. */

export const UTS = {
  sysname: 'Linux',
  /** Programs compare the numbers: glibc and systemd want a recent kernel. */
  release: '6.12.0-timeslice',
  version: '#1 SMP PREEMPT_DYNAMIC Timeslice',
  machine: 'riscv64',
  domainname: '(none)',
} as const;
