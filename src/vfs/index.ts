export type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from './layer.ts';
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
