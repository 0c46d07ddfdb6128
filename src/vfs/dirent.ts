/** Directory streams: getdents64(2) over a list of names taken when the stream (re)starts. */
import { DT } from '../abi/index.ts';
import { encodeUtf8 } from '../base/index.ts';
import { childOf, namesOf } from './directory.ts';
import { inodeOf, touchRead } from './inode.ts';
import type { Inode, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Bytes of struct linux_dirent64 before the name: d_ino, d_off, d_reclen, d_type. */
const HEADER = 19;

const sizeOf = (name: Uint8Array) => Math.ceil((HEADER + name.length + 1) / 8) * 8;

/**
 * The next entries of a directory stream, at most `limit` bytes. The cookie is the index in the list, so it
 * stays good while names are removed (rm -r); a name that has gone is left out.
 */
export function readDirectory(vfs: Vfs, file: OpenFile, limit: number): Uint8Array | 'ENOENT' | 'EINVAL' {
  const directory = vfs.inodes.get(file.inode as Inode['id']);
  if (directory === undefined || directory.nlink === 0) return 'ENOENT';
  if (file.pos === 0 || file.listing === null) {
    file.listing = namesOf(vfs, directory);
    touchRead(vfs, directory, file.mount);
  }
  const out = new Uint8Array(Math.min(limit, 1 << 16));
  let used = 0;
  for (; file.pos < file.listing.length + 2; file.pos++) {
    const found = entryAt(vfs, directory, file.listing, file.pos);
    if (found === null) continue;
    const name = encodeUtf8(found.name);
    const size = sizeOf(name);
    if (used + size > out.length) return used === 0 ? 'EINVAL' : out.subarray(0, used);
    pack(out, used, size, { inode: found.inode, cookie: file.pos + 1, name });
    used += size;
  }
  return out.subarray(0, used);
}

function entryAt(vfs: Vfs, directory: Inode, listing: readonly string[], at: number) {
  if (at === 0) return { name: '.', inode: directory };
  if (at === 1) return { name: '..', inode: inodeOf(vfs, directory.parent || directory.id) };
  const name = listing[at - 2]!;
  const child = childOf(vfs, directory, name);
  return child === 0 ? null : { name, inode: inodeOf(vfs, child) };
}

function pack(
  out: Uint8Array,
  at: number,
  size: number,
  entry: { readonly inode: Inode; readonly cookie: number; readonly name: Uint8Array },
): void {
  const view = new DataView(out.buffer, at, size);
  const { id, kind } = entry.inode;
  view.setUint32(0, id >>> 0, true);
  view.setUint32(4, Math.floor(id / 2 ** 32), true);
  view.setUint32(8, entry.cookie, true);
  view.setUint16(16, size, true);
  view.setUint8(18, DT[kind]);
  out.set(entry.name, at + HEADER);
}
