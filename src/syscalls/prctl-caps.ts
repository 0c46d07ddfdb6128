/** prctl on capabilities: bounding and ambient sets, secure bits, keeping them. Linux: cap_task_prctl(). */
import { CAP, CAP_LAST, SECBIT } from '../abi/index.ts';
import { capable, commitCredentials, type Kernel } from '../kernel/index.ts';
import { type Capabilities, capBit, capsWithout, inCaps, type Outcome } from '../vfs/index.ts';

const isKnown = (cap: number): boolean => cap >= 0 && cap <= CAP_LAST;
const capsOf = (k: Kernel): Capabilities => k.task.credentials.caps;

function changeCaps(k: Kernel, change: Partial<Capabilities>): 0 {
  const { credentials } = k.task;
  commitCredentials(k, { ...credentials, caps: { ...credentials.caps, ...change } });
  return 0;
}

function changeBits(k: Kernel, securebits: number): 0 {
  commitCredentials(k, { ...k.task.credentials, securebits });
  return 0;
}

/** PR_CAPBSET_READ. */
export const readBounding = (k: Kernel, cap: number): Outcome =>
  isKnown(cap) ? Number(inCaps(capsOf(k).bounding, cap)) : 'EINVAL';

/** PR_CAPBSET_DROP. */
export function dropBounding(k: Kernel, cap: number): Outcome {
  if (!capable(k, CAP.CAP_SETPCAP)) return 'EPERM';
  if (!isKnown(cap)) return 'EINVAL';
  return changeCaps(k, { bounding: capsWithout(capsOf(k).bounding, capBit(cap)) });
}

const LOCKS = 0xaa;
const BITS = 0x55;
const KEEP_CAPS_LOCKED = SECBIT.SECBIT_KEEP_CAPS << 1;

/** PR_SET_SECUREBITS: what is locked stays as it is. */
export function setSecurebits(k: Kernel, bits: number): Outcome {
  const old = k.task.credentials.securebits;
  const isLocked = (((old & LOCKS) >> 1) & (old ^ bits)) !== 0 || (old & LOCKS & ~bits) !== 0;
  if (isLocked || (bits & ~(LOCKS | BITS)) !== 0 || !capable(k, CAP.CAP_SETPCAP)) return 'EPERM';
  return changeBits(k, bits);
}

/** PR_SET_KEEPCAPS. */
export function setKeepCaps(k: Kernel, value: number): Outcome {
  if (value !== 0 && value !== 1) return 'EINVAL';
  const old = k.task.credentials.securebits;
  if ((old & KEEP_CAPS_LOCKED) !== 0) return 'EPERM';
  return changeBits(k, value === 1 ? old | SECBIT.SECBIT_KEEP_CAPS : old & ~SECBIT.SECBIT_KEEP_CAPS);
}

const AMBIENT = { IS_SET: 1, RAISE: 2, LOWER: 3, CLEAR_ALL: 4 };

/** PR_CAP_AMBIENT. */
export function ambient(k: Kernel, what: number, cap: number, ...rest: readonly number[]): Outcome {
  if (rest.some((value) => value !== 0)) return 'EINVAL';
  const caps = capsOf(k);
  if (what === AMBIENT.CLEAR_ALL) return cap === 0 ? changeCaps(k, { ambient: 0 }) : 'EINVAL';
  if (!isKnown(cap)) return 'EINVAL';
  const isSet = inCaps(caps.ambient, cap);
  if (what === AMBIENT.IS_SET) return Number(isSet);
  if (what === AMBIENT.LOWER) return changeCaps(k, { ambient: capsWithout(caps.ambient, capBit(cap)) });
  if (what !== AMBIENT.RAISE) return 'EINVAL';
  const forbids = (k.task.credentials.securebits & SECBIT.SECBIT_NO_CAP_AMBIENT_RAISE) !== 0;
  if (forbids || !inCaps(caps.permitted, cap) || !inCaps(caps.inheritable, cap)) return 'EPERM';
  return isSet ? 0 : changeCaps(k, { ambient: caps.ambient + capBit(cap) });
}
