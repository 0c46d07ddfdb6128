/** The flags of clone(2) and which combinations exist. */
import type { Errno } from '../abi/index.ts';
import { SIGRTMAX } from '../abi/index.ts';
import type { ThreadGroup } from './types.ts';

/** CLONE_* (Linux: include/uapi/linux/sched.h). The last ones are clone3's alone and need 64 bits. */
export const CLONE = {
  CLONE_NEWTIME: 0x80,
  CLONE_VM: 0x100,
  CLONE_FS: 0x200,
  CLONE_FILES: 0x400,
  CLONE_SIGHAND: 0x800,
  CLONE_PIDFD: 0x1000,
  CLONE_PTRACE: 0x2000,
  CLONE_VFORK: 0x4000,
  CLONE_PARENT: 0x8000,
  CLONE_THREAD: 0x10000,
  CLONE_NEWNS: 0x20000,
  CLONE_SYSVSEM: 0x40000,
  CLONE_SETTLS: 0x80000,
  CLONE_PARENT_SETTID: 0x100000,
  CLONE_CHILD_CLEARTID: 0x200000,
  CLONE_DETACHED: 0x400000,
  CLONE_UNTRACED: 0x800000,
  CLONE_CHILD_SETTID: 0x1000000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
  CLONE_IO: 0x80000000,
  CLONE_CLEAR_SIGHAND: 0x100000000,
  CLONE_INTO_CGROUP: 0x200000000,
} as const;
type Flag = keyof typeof CLONE;

/** Which flag makes no sense without, or together with, which other. */
const RULES: readonly { readonly flag: number; readonly needs: boolean; readonly other: number }[] = [
  { flag: CLONE.CLONE_SIGHAND, needs: true, other: CLONE.CLONE_VM },
  { flag: CLONE.CLONE_THREAD, needs: true, other: CLONE.CLONE_SIGHAND },
  { flag: CLONE.CLONE_SIGHAND, needs: false, other: CLONE.CLONE_CLEAR_SIGHAND },
  { flag: CLONE.CLONE_PIDFD, needs: false, other: CLONE.CLONE_DETACHED },
];

/** A kernel built without namespaces and control groups: EINVAL (Linux: copy_namespaces and its kin). */
const NOT_BUILT = [
  'CLONE_NEWTIME',
  'CLONE_NEWNS',
  'CLONE_NEWCGROUP',
  'CLONE_NEWUTS',
  'CLONE_NEWIPC',
  'CLONE_NEWUSER',
  'CLONE_NEWPID',
  'CLONE_NEWNET',
  'CLONE_INTO_CGROUP',
] as const satisfies readonly Flag[];

const HIGH = 2 ** 32;

/** Is one of these flags set? Works beyond 32 bits. */
export const isSet = (flags: number, wanted: number): boolean =>
  (flags & wanted) !== 0 || (wanted >= HIGH && ((flags / HIGH) & (wanted / HIGH)) !== 0);

const REFUSED = NOT_BUILT.reduce((sum, flag) => sum + CLONE[flag], 0);

/** Why these flags are refused, or null. */
export function cloneError(
  group: Pick<ThreadGroup, 'tgid'>,
  flags: number,
  exitSignal: number,
): Errno | null {
  if (isSet(flags, REFUSED)) return 'EINVAL';
  for (const { flag, needs, other } of RULES)
    if (isSet(flags, flag) && isSet(flags, other) !== needs) return 'EINVAL';
  // The first process has no siblings.
  if (isSet(flags, CLONE.CLONE_PARENT) && group.tgid === 1) return 'EINVAL';
  return exitSignal < 0 || exitSignal > SIGRTMAX ? 'EINVAL' : null;
}
