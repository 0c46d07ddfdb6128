export { type AsyncOwner, canTell, setAsync } from './async.ts';
export {
  type Attributes,
  anonymousAttributes,
  attributesOf,
  type FileSystemUsage,
  fileSystemUsage,
  lookOf,
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
export { BufferTransfer } from './buffer.ts';
export { mayMakePipe, pipePages } from './buffers.ts';
export {
  ALL_CAPS,
  type Capabilities,
  type CapSet,
  capabilitiesOf,
  capBit,
  capsAnd,
  capsOr,
  capsWithin,
  capsWithout,
  FS_CAPS,
  hasCap,
  inCaps,
} from './capability.ts';
export { type Change, changesOf } from './changes.ts';
export { hasDriver } from './device.ts';
export { childOf, isEmptyDirectory, namesOf } from './directory.ts';
export { readDirectory } from './dirent.ts';
export { deviceInterrupt, diskFault, diskFlush } from './disk.ts';
export { notifyOf } from './dnotify.ts';
export {
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLONESHOT,
  type EpollEvent,
  epollAdd,
  epollCollect,
  epollDelete,
  epollModify,
  epollOf,
  newEpoll,
} from './epoll.ts';
export { newEventFd } from './eventfd.ts';
export {
  closeFd,
  closeOnExec,
  copyFilesTable,
  dupFd,
  dupTo,
  fileAt,
  hasFreeFd,
  installFd,
  installPair,
  listFds,
  newFilesTable,
  releaseFilesTable,
  setCloseOnExec,
} from './fd-table.ts';
export {
  ALWAYS_READY,
  type FileOps,
  type IoctlArgument,
  NO_OPS,
  OWN_POSITION,
  PIECE,
  pause,
} from './file-ops.ts';
export { type FsSetup, fsSetupOf, newFsSetup } from './fs-context.ts';
export {
  type HostPort,
  hostBacklog,
  hostClose,
  hostDrain,
  hostScreen,
  hostUnread,
  hostWrite,
  newHostInput,
  newHostOutput,
} from './host-port.ts';
export {
  freeIfUnused,
  holdInode,
  holdProgram,
  inodeOf,
  inodePages,
  isDeleted,
  newInode,
  punchHole,
  readAll,
  readAt,
  releaseInode,
  releaseProgram,
  sealsForbidSize,
  sealsForbidWrite,
  setAside,
  setSize,
  touchChanged,
  touchModified,
  touchRead,
  writeAt,
} from './inode.ts';
export { inotifyOf, newInotify, unwatch, watchInode } from './inotify.ts';
export { giveInt, takeInt } from './ioctl.ts';
export type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from './layer.ts';
export { hasLookedOutside, leadsOutside, pageFiller } from './layered.ts';
export { breakLeases, leaseOf, setLease } from './lease.ts';
export {
  clearLock,
  type FileLock,
  listLocks,
  lockedInode,
  lockInTheWay,
  lockQueue,
  setLock,
} from './lock.ts';
export { IN, tellBoth, tellFile, tellMoved } from './mark.ts';
export { addSeals, F_SEAL_EXEC, newMemfd, sealsOf } from './memfd.ts';
export {
  crossMounts,
  hangMount,
  isReadOnly,
  listMounts,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  mountAt,
  mountOf,
  newMemorySuper,
  newProcSuper,
  parentOf,
  pathOf,
  pathOfDentry,
  superOf,
  topMount,
  unhangMount,
} from './mount.ts';
export {
  addMqueue,
  dropNotice,
  MQ_PRIO_MAX,
  type MqNotice,
  type Mqueue,
  mqueueChanged,
  mqueueCost,
  mqueueOf,
  mqueueSuper,
  mqueueUse,
  type Posted,
} from './mqueue.ts';
export { compareNames, NAME_MAX, PATH_MAX } from './names.ts';
export { bytesOfIp, type Endpoint, type Ip, ipOfBytes, isMulticast, isV4, widened } from './net/address.ts';
export { flyingOf } from './net/in-flight.ts';
export { LO } from './net/interface.ts';
export { deliverNetlink, makeNetlink, NETLINK_PROTOCOLS } from './net/netlink.ts';
export { IPPROTO_ICMP, makePing } from './net/ping.ts';
export { expireRemnants, IPPROTO_UDPLITE } from './net/ports.ts';
export type {
  Protocol,
  Received,
  SendOptions,
} from './net/protocol.ts';
export { protocolOf } from './net/protocols.ts';
export {
  AF,
  openSocket,
  type PacketInfo,
  type Socket,
  type SocketOptions,
  type SocketType,
  socketOf,
  takeError,
  type Ucred,
} from './net/socket.ts';
export { IPPROTO_TCP, makeTcp, TCP_STATES } from './net/tcp.ts';
export { IPPROTO_UDP, makeUdp, makeUdplite } from './net/udp.ts';
export { makeUnix, newSocketPair } from './net/unix.ts';
export {
  bindAbstract,
  bindToNode,
  connectUnix,
  disconnectUnix,
  freeAbstractName,
} from './net/unix-connect.ts';
export { readUnix } from './net/unix-name.ts';
export { notify } from './notify.ts';
export {
  mayExecute,
  type OpenHow,
  openPath,
  openResolved,
  PATH_FLAGS,
  pathOfFound,
  whyNotHow,
} from './open.ts';
export { type FileInit, fileOf, isWriter, newFile, releaseFile, retainFile } from './open-file.ts';
export { forgetOpening } from './open-special.ts';
export {
  dropPrivileges,
  isImmutable,
  isInGroup,
  lostPrivileges,
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
export {
  isThreadPidfd,
  newPidfd,
  PIDFD_THREAD,
  pidfdQueue,
  pidOf,
  processExited,
  processReaped,
  threadExited,
} from './pidfd.ts';
export {
  drainPipe,
  fillPipe,
  newPipe,
  PIPE_BUF,
  type Pipe,
  pipeOf,
  reads,
  setPipeCapacity,
  writes,
} from './pipe.ts';
export { NAMESPACES } from './proc-names.ts';
export { forgetProcess, mayInspect, processOfDirectory } from './proc-tree.ts';
export { mountShared, type Propagation, setPropagation } from './propagate.ts';
export { openPeer } from './pty.ts';
export { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT, renameNode } from './rename.ts';
export { type ByteRing, ringPeek } from './ring.ts';
export { loadVfs, type SavedVfs, saveVfs } from './save.ts';
export { newSignalFd, setSignalFd, signalArrived } from './signalfd.ts';
export { maySplice } from './splice.ts';
export {
  catchUp,
  newTimerFd,
  setTimer,
  type TimerFd,
  timerfdFired,
  timerOf,
  wallClockSet,
} from './timerfd.ts';
export { isTmpfsOption, setTmpfsOptions } from './tmpfs-options.ts';
export {
  createNode,
  linkNode,
  mayLink,
  mayMake,
  type NodeInit,
  removeDirectory,
  unlinkNode,
  whyNotLinkAt,
} from './tree.ts';
export { hangUp, type Tty } from './tty.ts';
export { CONSOLE, connectConsole, ttyInput, ttyOutput, ttyResize } from './tty-host.ts';
export type {
  Credentials,
  Dentry,
  FdEntry,
  FileId,
  FileKind,
  FilesId,
  FilesTable,
  FsContext,
  Identity,
  Inode,
  InodeId,
  InodeKind,
  Look,
  MountId,
  OpenFile,
  Outcome,
  Place,
  ProcNode,
  ProcSource,
  QueueId,
  SuperId,
  TakenSignal,
  Timestamp,
  Transfer,
  VfsHost,
  Wait,
} from './types.ts';
export {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from './types.ts';
export { dropSuper, subtreeOf, sweepMounts, unmount } from './unmount.ts';
export { type Mount, type Super, Vfs } from './vfs.ts';
export { lookup, type Resolved, readLink, type Walker, type WalkOptions, walk } from './walk.ts';
