/** Sets of capabilities: what a task may do beyond its user. Immutable values. man 7 capabilities. */
import { CAP, CAP_LAST } from '../abi/index.ts';
import type { Credentials } from './types.ts';

/** Bit n stands for capability n: 41 bits, which a number holds exactly. */
export type CapSet = number;

/** The five sets of a task. */
export interface Capabilities {
  readonly effective: CapSet;
  readonly permitted: CapSet;
  readonly inheritable: CapSet;
  readonly bounding: CapSet;
  readonly ambient: CapSet;
}

export const ALL_CAPS: CapSet = 2 ** (CAP_LAST + 1) - 1;

const WORD = 2 ** 32;
const high = (set: CapSet): number => Math.floor(set / WORD);
const joined = (hi: number, lo: number): CapSet => (hi >>> 0) * WORD + (lo >>> 0);

export const capsAnd = (a: CapSet, b: CapSet): CapSet => joined(high(a) & high(b), a & b);
export const capsOr = (a: CapSet, b: CapSet): CapSet => joined(high(a) | high(b), a | b);
export const capsWithout = (a: CapSet, b: CapSet): CapSet => joined(high(a) & ~high(b), a & ~b);

/** Has the first set nothing that the second has not? */
export const capsWithin = (a: CapSet, b: CapSet): boolean => capsWithout(a, b) === 0;

export const capBit = (cap: number): CapSet => 2 ** cap;

/** Is the capability in the set? */
export const inCaps = (set: CapSet, cap: number): boolean =>
  set === ALL_CAPS || (set !== 0 && Math.floor(set / 2 ** cap) % 2 === 1);

/** Have these credentials the capability in effect? */
export const hasCap = (creds: Credentials, cap: number): boolean => inCaps(creds.caps.effective, cap);

/** What the super-user begins with. */
const ROOT_CAPABILITIES: Capabilities = {
  effective: ALL_CAPS,
  permitted: ALL_CAPS,
  inheritable: 0,
  bounding: ALL_CAPS,
  ambient: 0,
};

/** What other users begin with. */
const NO_CAPABILITIES: Capabilities = { ...ROOT_CAPABILITIES, effective: 0, permitted: 0 };

/** A user's capabilities while nobody has given any up. */
export const capabilitiesOf = (uid: number): Capabilities =>
  uid === 0 ? ROOT_CAPABILITIES : NO_CAPABILITIES;

/** Those that the file-system user decides about (Linux: CAP_FS_MASK). */
export const FS_CAPS: CapSet = [
  CAP.CAP_CHOWN,
  CAP.CAP_DAC_OVERRIDE,
  CAP.CAP_DAC_READ_SEARCH,
  CAP.CAP_FOWNER,
  CAP.CAP_FSETID,
  CAP.CAP_LINUX_IMMUTABLE,
  CAP.CAP_MKNOD,
  CAP.CAP_MAC_OVERRIDE,
].reduce((set: CapSet, cap) => set + capBit(cap), 0);
