/** How arguments are read from register pairs and printed, shared by every declaration. */
import type { Errno } from '../abi/index.ts';
import { type Arg, asInt, asSigned64, asUint, asUnsigned64, type Kernel } from '../kernel/index.ts';

const hex = (n: number) => `0x${n.toString(16)}`;

/** int: a descriptor, a pid, a signal number. */
export const int: Arg<number> = { decode: asInt, show: String };

/** unsigned int. */
export const uint: Arg<number> = { decode: asUint, show: String };

/** A descriptor; AT_FDCWD where a directory is meant. */
export const fd: Arg<number> = {
  decode: asInt,
  show: (v) => (v === -100 ? 'AT_FDCWD' : String(v)),
  isFile: true,
};

/** size_t, or another unsigned long. */
export const size: Arg<number> = { decode: asUnsigned64, show: String };

/** off_t, or another signed long. */
export const long: Arg<number> = { decode: asSigned64, show: String };

/** A user address that is shown as such. */
export const pointer: Arg<number> = { decode: asUnsigned64, show: (v) => (v === 0 ? 'NULL' : hex(v)) };

/** mode_t, in octal. */
export const mode: Arg<number> = { decode: asUint, show: (v) => `0${v.toString(8)}` };

/** An address of a NUL-terminated path. The call reads it itself (path errors are its own). */
export const path: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k) => {
    if (addr === 0) return 'NULL';
    const text = k.user.cstring(addr, 4096);
    return text === 'EFAULT' || text === 'ENAMETOOLONG' ? hex(addr) : quote(text);
  },
};

/** strace's quoting of text. */
export function quote(text: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = text.length > limit;
  const body = (cut ? text.slice(0, limit) : text).replace(/[\\"\n\t\r\v\f]/g, (c) => ESCAPES[c]!);
  const shown = body.replace(/[^ -~]/g, (c) => `\\${(c.charCodeAt(0) & 0xff).toString(8)}`);
  return `"${shown}"${cut ? '...' : ''}`;
}
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
};

/** A set of flag bits, shown by name; bits without a name in hexadecimal, zero as `zero`. */
export function flags(set: Readonly<Record<string, number>>, zero = '0'): Arg<number> {
  const rows = Object.entries(set);
  return {
    decode: asInt,
    show(value) {
      const names = rows.filter(([, bit]) => bit !== 0 && (value & bit) === bit).map(([name]) => name);
      const rest = rows.reduce((left, [, bit]) => left & ~bit, value) >>> 0;
      if (rest !== 0) names.push(hex(rest));
      return names.join('|') || zero;
    },
  };
}

/** One of several named values. */
export function oneOf(set: Readonly<Record<string, number>>): Arg<number> {
  const names = new Map(Object.entries(set).map(([name, value]) => [value, name]));
  return { decode: asInt, show: (v) => names.get(v) ?? hex(v >>> 0) };
}

/** How many bytes of a buffer strace shows. */
const SHOWN_BYTES = 32;

function showBytes(k: Kernel, addr: number, length: number): string {
  if (addr === 0) return 'NULL';
  const bytes = new Uint8Array(Math.min(length, SHOWN_BYTES));
  if (!k.user.copyIn(addr, bytes)) return hex(addr);
  return quote(String.fromCharCode(...bytes)) + (length > SHOWN_BYTES ? '...' : '');
}

/** Bytes the caller gives; the next argument is their length, which only the call knows. */
export const inBuffer: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k) => showBytes(k, addr, asUnsigned64(k.call.words[4]!, k.call.words[5]!)),
};

/** Bytes the call delivers; as many as it returned. */
export const outBuffer: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show: (addr, k, result) => (typeof result === 'number' ? showBytes(k, addr, result) : hex(addr)),
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

const timespecText = (k: Kernel, addr: number): string | null => {
  const sec = k.user.readI64(addr);
  const nsec = k.user.readI64(addr + 8);
  return sec === undefined || nsec === undefined ? null : `{tv_sec=${sec}, tv_nsec=${nsec}}`;
};
const timevalText = (k: Kernel, addr: number): string | null => {
  const sec = k.user.readI64(addr);
  const usec = k.user.readI64(addr + 8);
  return sec === undefined || usec === undefined ? null : `{tv_sec=${sec}, tv_usec=${usec}}`;
};

export const inTimespec = struct(timespecText);
export const outTimespec = struct(timespecText, 'after');
export const outTimeval = struct(timevalText, 'after');
