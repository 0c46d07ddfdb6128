/** How arguments are read from register pairs and printed, shared by every declaration. */
import type { Errno } from '../abi/index.ts';
import {
  type Arg,
  asInt,
  asSigned64,
  asUint,
  asUnsigned64,
  type Kernel,
  type Shown,
} from '../kernel/index.ts';
import { structure, timespec, timeval } from './text/fields.ts';

const hex = (n: number) => `0x${n.toString(16)}`;

/** int: a descriptor, a pid, a signal number. */
export const int: Arg<number> = { decode: asInt, show: String };

/** unsigned int. */
export const uint: Arg<number> = { decode: asUint, show: String };

/** A descriptor. */
export const fd: Arg<number> = { decode: asInt, show: String, isFile: true };

/** The descriptor of a directory, or AT_FDCWD. */
export const dirfd: Arg<number> = { ...fd, show: (v) => (v === -100 ? 'AT_FDCWD' : String(v)) };

/** A 64-bit word as it stands in the registers, where a number of ours has no more digits. */
const exactly = (value: number, k: Kernel, shown: Shown | undefined, signed: boolean): string => {
  if (shown === undefined || (Number.isSafeInteger(value) && (signed || value >= 0))) return String(value);
  const [lo, hi] = [k.call.words[2 * shown.index]!, k.call.words[2 * shown.index + 1]!];
  const whole = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
  return String(signed ? BigInt.asIntN(64, whole) : whole);
};

/** size_t, or another unsigned long. */
export const size: Arg<number> = {
  decode: asUnsigned64,
  show: (v, k, _result, shown) => exactly(v, k, shown, false),
};

/** off_t, or another signed long. */
export const long: Arg<number> = {
  decode: asSigned64,
  show: (v, k, _result, shown) => exactly(v, k, shown, true),
};

/** An argument that strace says nothing of: the upper half of an offset. */
export const unshown: Arg<number> = { decode: asSigned64, show: () => '' };

/** The same word, which strace prints as if it had no sign. */
export const unsignedLong: Arg<number> = { decode: asSigned64, show: size.show };

/** The words of a call's argument as strace's tables of names read them. */
export const wordOf = (k: Kernel, index: number): number =>
  asUnsigned64(k.call.words[2 * index]!, k.call.words[2 * index + 1]!);

/** A user address that is shown as such. */
export const pointer: Arg<number> = { decode: asUnsigned64, show: (v) => (v === 0 ? 'NULL' : hex(v)) };

/** mode_t, in octal. */
export const mode: Arg<number> = { decode: asUint, show: (v) => octal(v) };

/** A mode as strace prints it: three digits at least, the first a zero. */
export const octal = (bits: number): string => {
  const digits = bits.toString(8);
  return digits.length < 3 ? digits.padStart(3, '0') : `0${digits}`;
};

const PATH_MAX = 4096;

/** Bytes up to a NUL, or the first `limit`, each as a character; null where they cannot be read. */
export function rawString(k: Kernel, addr: number, limit: number): string | null {
  let text = '';
  for (let i = 0; i < limit; i++) {
    const byte = k.user.readU8(addr + i);
    if (byte === undefined) return null;
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A NUL-terminated text of any kind, cut as strace cuts buffers. */
export const text: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const found = addr === 0 ? null : rawString(k, addr, shownBytes(k) + 1);
    return found === null ? pointer.show(addr, k, null) : quote(found, shownBytes(k));
  },
};

/** An address of a NUL-terminated path. The call reads it itself (path errors are its own). */
export const path: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k) => {
    if (addr === 0) return 'NULL';
    const text = rawString(k, addr, PATH_MAX);
    if (text === null) return hex(addr);
    return text.length < PATH_MAX ? quote(text) : `${quote(text.slice(0, PATH_MAX - 1))}...`;
  },
};

/** strace's quoting of text: a byte of octal digits is as short as what follows it allows. */
export function quote(text: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = text.length > limit;
  const body = cut ? text.slice(0, limit) : text;
  const shown = body.replace(/[^ -~]|[\\"]/g, (c, at: number) => ESCAPES[c] ?? octalByte(c, body[at + 1]));
  return `"${shown}"${cut ? '...' : ''}`;
}
const octalByte = (c: string, next = ''): string =>
  `\\${(c.charCodeAt(0) & 0xff).toString(8).padStart(/[0-7]/.test(next) ? 3 : 1, '0')}`;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
};

/** What strace says of a value without a name: the beginning that all names have, and question marks. */
function unknownName(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let length = first.length;
  for (const name of rest) while (!name.startsWith(first.slice(0, length))) length--;
  return `${first.slice(0, first.slice(0, length).lastIndexOf('_') + 1)}???`;
}

/** The names of the bits of a word, joined; bits without a name in hexadecimal. */
export function bitNames(
  set: Readonly<Record<string, number>>,
  zero: string,
  value: number,
  unknown: string,
): string {
  const names: string[] = [];
  let rest = value;
  for (const [name, bit] of Object.entries(set)) {
    if (bit === 0 || (rest & bit) !== bit) continue;
    names.push(name);
    rest &= ~bit;
  }
  if (rest === value && rest !== 0) return `${hex(rest >>> 0)} /* ${unknown} */`;
  if (rest !== 0) names.push(hex(rest >>> 0));
  return names.join('|') || zero;
}

/** A set of flag bits, shown by name; what is composed of others stands before them. Zero is shown as `zero`. */
export function flags(
  set: Readonly<Record<string, number>>,
  zero = '0',
  unknown = unknownName(Object.keys(set)),
): Arg<number> {
  return { decode: asInt, show: (value) => bitNames(set, zero, value, unknown) };
}

/** One of several named values. */
export function oneOf(
  set: Readonly<Record<string, number>>,
  unknown = unknownName(Object.keys(set)),
): Arg<number> {
  const names = new Map(Object.entries(set).map(([name, value]) => [value, name]));
  return { decode: asInt, show: (v) => names.get(v) ?? `${hex(v >>> 0)} /* ${unknown} */` };
}

/** How many bytes of a buffer are shown. */
export const shownBytes = (k: Kernel): number => k.tracer?.textLimit ?? 32;

/** Each byte as a character. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Bytes of the caller's memory, cut; the address where there are none to read. */
export function showBytes(k: Kernel, addr: number, length: number): string {
  if (addr === 0) return 'NULL';
  const limit = shownBytes(k);
  const bytes = new Uint8Array(Math.min(length, limit));
  if (!k.user.copyIn(addr, bytes)) return hex(addr);
  return quote(latin1(bytes)) + (length > limit ? '...' : '');
}

/** Bytes the caller gives; the next argument is their length. */
export const inBuffer: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k, _result, shown) => showBytes(k, addr, wordOf(k, (shown?.index ?? 1) + 1)),
};

/** Bytes the call delivers; as many as it returned. */
export const outBuffer: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show: (addr, k, result) =>
    typeof result === 'number' ? showBytes(k, addr, result) : pointer.show(addr, k, null),
};

/** A structure in the caller's memory: `show` prints its fields, `null` prints the address. */
export function struct(show: (k: Kernel, addr: number) => string | null, when?: 'after'): Arg<number> {
  return {
    decode: asUnsigned64,
    ...(when === undefined ? {} : { when }),
    show(addr, k, result: number | Errno | null) {
      if (addr === 0) return 'NULL';
      if (when === 'after' && typeof result === 'string') return hex(addr);
      return show(k, addr) ?? hex(addr);
    },
  };
}

const timespecText = structure(16, (at) => timespec(at, 0));
const timevalText = structure(16, (at) => timeval(at, 0));

export const inTimespec = struct(timespecText);
export const outTimespec = struct(timespecText, 'after');
export const outTimeval = struct(timevalText, 'after');
