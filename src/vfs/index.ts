export {
  type Attributes,
  anonymousAttributes,
  attributesOf,
  type FileSystemUsage,
  fileSystemUsage,
} from './attributes.ts';
export {
  addFile,
  type BootOptions,
  bootTree,
  copyFsContext,
  mountLayer,
  moveContext,
  newFsContext,
  releaseFsContext,
} from './boot.ts';
export { childOf, isEmptyDirectory, namesOf } from './directory.ts';
export { readDirectory } from './dirent.ts';
export {
  freeIfUnused,
  holdInode,
  inodeOf,
  inodePages,
  isDeleted,
  newInode,
  punchHole,
  readAll,
  readAt,
  releaseInode,
  sealsForbidSize,
  sealsForbidWrite,
  setSize,
  touchChanged,
  touchModified,
  touchRead,
  writeAt,
} from './inode.ts';
export type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from './layer.ts';
export { pageFiller } from './layered.ts';
export {
  isReadOnly,
  listMounts,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  mountAt,
  mountOf,
  newMemorySuper,
  newProcSuper,
  parentOf,
  pathOf,
  superOf,
  unmount,
} from './mount.ts';
export { compareNames, NAME_MAX, PATH_MAX } from './names.ts';
export { mayExecute, type OpenHow, openPath, openResolved, pathOfFound } from './open.ts';
export { type FileInit, newFile } from './open-file.ts';
export {
  isInGroup,
  isSuperuser,
  MAY_EXEC,
  MAY_READ,
  MAY_WRITE,
  mayAccess,
  owns,
  realCredentials,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
} from './permission.ts';
export { forgetProcess } from './proc-tree.ts';
export { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT, renameNode } from './rename.ts';
export { createNode, linkNode, type NodeInit, removeDirectory, unlinkNode } from './tree.ts';
export type {
  Credentials,
  FdEntry,
  FileId,
  FileKind,
  FilesId,
  FilesTable,
  FsContext,
  Inode,
  InodeId,
  InodeKind,
  MountId,
  OpenFile,
  Outcome,
  Place,
  ProcNode,
  ProcSource,
  QueueId,
  SuperId,
  Timestamp,
  Transfer,
  VfsHost,
  Wait,
} from './types.ts';
export { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP, POLLRDNORM } from './types.ts';
export { type Mount, type Super, Vfs } from './vfs.ts';
export { lookup, type Resolved, readLink, type Walker, type WalkOptions, walk } from './walk.ts';
