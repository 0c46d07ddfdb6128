/** Changing who a task is, and what follows for its capabilities. Linux: commit_creds(), cap_emulate_setxuid(). */
import { SECBIT } from '../abi/index.ts';
import {
  type Capabilities,
  type Credentials,
  capsAnd,
  capsOr,
  capsWithin,
  capsWithout,
  FS_CAPS,
} from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';

/** Gives the current task other credentials: whoever gained something shows nothing of itself to others any more. */
export function commitCredentials(k: Kernel, next: Credentials): void {
  const { task, group } = k;
  const old = task.credentials;
  task.credentials = next;
  const isSame =
    old.euid === next.euid &&
    old.egid === next.egid &&
    old.fsuid === next.fsuid &&
    old.fsgid === next.fsgid &&
    capsWithin(next.caps.permitted, old.caps.permitted);
  if (isSame) return;
  group.dumpable = 0;
  task.parentDeathSignal = 0;
}

const isRoot = ({ ruid, euid, suid }: Credentials): boolean => ruid === 0 || euid === 0 || suid === 0;

/** Capabilities after a set*uid call. man 7 capabilities, "Effect of user ID changes on capabilities". */
export function capsAfterUser(old: Credentials, next: Credentials): Capabilities {
  const { caps, securebits } = old;
  if ((securebits & SECBIT.SECBIT_NO_SETUID_FIXUP) !== 0) return caps;
  let { effective, permitted, ambient } = caps;
  if (isRoot(old) && !isRoot(next)) {
    if ((securebits & SECBIT.SECBIT_KEEP_CAPS) === 0) [effective, permitted] = [0, 0];
    ambient = 0;
  }
  if (old.euid === 0 && next.euid !== 0) effective = 0;
  if (old.euid !== 0 && next.euid === 0) effective = permitted;
  const isSame = effective === caps.effective && permitted === caps.permitted && ambient === caps.ambient;
  return isSame ? caps : { ...caps, effective, permitted, ambient };
}

/** Capabilities after setfsuid: those over files follow. */
export function capsAfterFsUser(old: Credentials, fsuid: number): Capabilities {
  const { caps, securebits } = old;
  if ((securebits & SECBIT.SECBIT_NO_SETUID_FIXUP) !== 0) return caps;
  const { effective, permitted } = caps;
  if (old.fsuid === 0 && fsuid !== 0) return { ...caps, effective: capsWithout(effective, FS_CAPS) };
  if (old.fsuid !== 0 && fsuid === 0)
    return { ...caps, effective: capsOr(effective, capsAnd(FS_CAPS, permitted)) };
  return caps;
}
