/** Open file descriptions: what descriptors name. Linux: fs/file_table.c. */
import { holdInode } from './inode.ts';
import type { FileId, FileKind, InodeId, MountId, OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

/** What a new open file begins with. */
export interface FileInit {
  readonly kind: FileKind;
  /** O_* flags without the creation ones. */
  readonly flags: number;
  readonly inode?: InodeId | 0;
  readonly mount?: MountId | 0;
  readonly path: string;
  readonly channel?: number;
}

/** Makes an open file with one reference; it holds its inode until the last reference goes. */
export function newFile(vfs: Vfs, init: FileInit): FileId {
  const id = vfs.nextId++ as FileId;
  const inode = init.inode ?? 0;
  const file: OpenFile = {
    id,
    kind: init.kind,
    refs: 1,
    flags: init.flags,
    pos: 0,
    inode,
    mount: init.mount ?? 0,
    path: init.path,
    channel: init.channel ?? 0,
    owner: 0,
    listing: null,
    text: null,
  };
  vfs.files.set(id, file);
  if (inode !== 0) holdInode(vfs, inode);
  return id;
}
