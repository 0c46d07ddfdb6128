/** Names and paths as Linux sees them: bytes, at most 255 in a name, ordered by byte. */
import { encodeUtf8 } from '../base/index.ts';

/** NAME_MAX and PATH_MAX: bytes of a name, and of a path with its NUL. */
export const NAME_MAX = 255;
export const PATH_MAX = 4096;

/** UTF-8 takes at most three bytes for each UTF-16 unit, so that short names need no counting. */
const SURELY_SHORT = Math.floor(NAME_MAX / 3);

/** Is this one path component longer than a file system takes? */
export const isTooLong = (name: string): boolean =>
  name.length > SURELY_SHORT && (name.length > NAME_MAX || encodeUtf8(name).length > NAME_MAX);

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
};

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Byte order of names: what a directory listing has. */
export function compareNames(a: string, b: string): number {
  if (!isAscii(a) || !isAscii(b)) return compareBytes(encodeUtf8(a), encodeUtf8(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
