/** struct iovec[] in the caller's memory: reading it, and showing it to a person. */
import type { Arg, Kernel } from '../kernel/index.ts';
import { showBytes, shownBytes, struct } from './args.ts';
import { isBeyond, isNegative, MAX_BYTES } from './file.ts';
import { addressText, fieldsAt } from './text/fields.ts';

/** A piece of the caller's memory. */
export interface Range {
  readonly addr: number;
  readonly length: number;
}

/** Linux: UIO_MAXIOV. */
const MAX_RANGES = 1024;
const IOVEC = 16;

/** struct iovec[count] of the caller, cut at the most bytes a call moves. Linux: import_iovec. */
export function readRanges(k: Kernel, addr: number, count: number): Range[] | 'EINVAL' | 'EFAULT' {
  if (count < 0 || count > MAX_RANGES) return 'EINVAL';
  const ranges: Range[] = [];
  let room = MAX_BYTES;
  for (let i = 0; i < count; i++) {
    const base = k.user.readU64(addr + i * IOVEC);
    const length = k.user.readU64(addr + i * IOVEC + 8);
    if (base === undefined || length === undefined) return 'EFAULT';
    if (isNegative(length)) return 'EINVAL';
    // One range is cut before it is looked at, several are looked at first.
    if (isBeyond(base, count === 1 ? Math.min(length, MAX_BYTES) : length)) return 'EFAULT';
    ranges.push({ addr: base, length: Math.min(length, room) });
    room -= Math.min(length, room);
  }
  return ranges;
}

/** The ranges without what was moved before the call had to wait. */
export function remaining(ranges: readonly Range[], done: number): readonly Range[] {
  if (done === 0) return ranges;
  let skip = done;
  return ranges.map(({ addr, length }) => {
    const skipped = Math.min(skip, length);
    skip -= skipped;
    return { addr: addr + skipped, length: length - skipped };
  });
}

/** `[{iov_base="text", iov_len=4}, …]`; what was read is cut at the result. */
export function rangesText(k: Kernel, addr: number, count: number, moved: number): string | null {
  if (addr === 0) return 'NULL';
  const shown: string[] = [];
  let left = moved;
  for (let i = 0; i < Math.min(count, shownBytes(k)); i++) {
    const at = fieldsAt(k, addr + i * IOVEC, IOVEC);
    if (at === null)
      return i === 0 ? null : `[${shown.join(', ')}, ... /* ${addressText(addr + i * IOVEC)} */]`;
    const length = at.word(8);
    shown.push(
      `{iov_base=${showBytes(k, at.word(0), Math.max(0, Math.min(left, length)))}, iov_len=${at.u64(8)}}`,
    );
    left -= length;
  }
  return `[${shown.join(', ')}${count > shown.length ? ', ...' : ''}]`;
}

const badCount = (count: number): boolean => count < 0 || count > MAX_RANGES;
const countOf = (k: Kernel) => k.call.words[4]!;
/** A vector the caller gives; the next argument is its length. */
export const inVector: Arg<number> = struct((k, addr) =>
  badCount(countOf(k)) ? null : rangesText(k, addr, countOf(k), Number.POSITIVE_INFINITY),
);
/** A vector the call fills. */
export const outVector: Arg<number> = {
  ...inVector,
  when: 'after',
  show: (addr, k, result) =>
    typeof result === 'number'
      ? (rangesText(k, addr, countOf(k), result) ?? addressText(addr))
      : addressText(addr),
};
