/** A file system being made or changed step by step (fsopen, fspick). Linux: fs/fs_context.c. */
import { O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS } from './file-ops.ts';
import { newFile } from './open-file.ts';
import type { FileId, OpenFile, SuperId } from './types.ts';
import type { Vfs } from './vfs.ts';

export interface FsSetup {
  readonly id: number;
  readonly type: string;
  /** What comes next: parameters, then a mount; or parameters of what is there already. */
  phase: 'parameters' | 'mount' | 'changes' | 'done';
  source: string;
  /** Options in the order they came, as mount(2) would get them. */
  options: string[];
  readOnly: boolean;
  super: SuperId | 0;
}

/** Makes the open file of a setup. */
export function newFsSetup(vfs: Vfs, init: Pick<FsSetup, 'type' | 'phase' | 'super'>): FileId {
  const made: FsSetup = { ...init, id: vfs.nextId++, source: '', options: [], readOnly: false };
  vfs.fsSetups.set(made.id, made);
  const path = 'anon_inode:[fscontext]';
  return newFile(vfs, { kind: 'fscontext', flags: O.O_RDWR, path, channel: made.id });
}

export const fsSetupOf = (vfs: Vfs, file: OpenFile): FsSetup =>
  vfs.fsSetups.get(file.channel) ?? bug(`there is no setup ${file.channel}`);

export const FS_CONTEXT_OPS: FileOps = {
  ...NO_OPS,
  // What went wrong is told by errnos alone: the log is always empty.
  read: () => 'ENODATA',
  close: (vfs, file) => {
    vfs.fsSetups.delete(file.channel);
    return NO_FILES;
  },
};
