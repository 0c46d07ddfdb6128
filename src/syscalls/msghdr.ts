/** struct msghdr in the caller's memory. man 2 recvmsg. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { readRanges } from './iovec.ts';

/** struct msghdr. */
export interface Header {
  readonly name: number;
  readonly nameLength: number;
  readonly ranges: readonly { readonly addr: number; readonly length: number }[];
  readonly control: number;
  readonly controlLength: number;
}

/** Where recvmsg writes back. */
export const NAME_LENGTH = 8;
export const CONTROL_LENGTH = 40;
export const FLAGS = 48;
/** The most control data a call takes (net.core.optmem_max). */
export const MAX_CONTROL = 0x5000;

/** Reads the header, the ranges of its vector included. */
export function readHeader(k: Kernel, addr: number): Header | Errno {
  const words = [0, 8, 16, 24, 32, 40].map((at) => k.user.readU64(addr + at));
  if (words.includes(undefined)) return 'EFAULT';
  const [name, nameWord, vector, count, control, controlLength] = words as number[];
  if (count! > 1024) return 'EMSGSIZE';
  const ranges = readRanges(k, vector!, count!);
  if (typeof ranges === 'string') return ranges;
  return {
    name: name!,
    nameLength: (nameWord! % 2 ** 32) | 0,
    ranges,
    control: control!,
    controlLength: controlLength!,
  };
}
