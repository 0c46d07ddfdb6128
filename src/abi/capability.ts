/** Capabilities by number (man 7 capabilities; Linux: include/uapi/linux/capability.h), and what goes with them. */

export const CAP = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_LINUX_IMMUTABLE: 9,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_IPC_OWNER: 15,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
  CAP_SYS_TIME: 25,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_MKNOD: 27,
  CAP_LEASE: 28,
  CAP_AUDIT_CONTROL: 30,
  CAP_SETFCAP: 31,
  CAP_MAC_OVERRIDE: 32,
  CAP_SYSLOG: 34,
  CAP_WAKE_ALARM: 35,
  CAP_CHECKPOINT_RESTORE: 40,
} as const;

/** The last one of Linux 6.12. */
export const CAP_LAST = CAP.CAP_CHECKPOINT_RESTORE;

/** Bits of PR_SET_SECUREBITS; each has its lock at the next bit. */
export const SECBIT = {
  SECBIT_NOROOT: 1,
  SECBIT_NO_SETUID_FIXUP: 4,
  SECBIT_KEEP_CAPS: 16,
  SECBIT_NO_CAP_AMBIENT_RAISE: 64,
} as const;
