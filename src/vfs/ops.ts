/** The operations of each kind of open file. */
import { DEVICE_OPS } from './device.ts';
import { EPOLL_OPS } from './epoll.ts';
import { EVENTFD_OPS } from './eventfd.ts';
import type { FileOps } from './file-ops.ts';
import { FS_CONTEXT_OPS } from './fs-context.ts';
import { INOTIFY_OPS } from './inotify.ts';
import { MQUEUE_OPS } from './mqueue.ts';
import { SOCKET_OPS } from './net/protocols.ts';
import { PIDFD_OPS } from './pidfd.ts';
import { PIPE_OPS } from './pipe.ts';
import { DIRECTORY_OPS, PATH_OPS, PROC_OPS } from './proc-file.ts';
import { PTMX_OPS } from './pty.ts';
import { REGULAR_OPS } from './regular.ts';
import { SIGNALFD_OPS } from './signalfd.ts';
import { TIMERFD_OPS } from './timerfd.ts';
import { TTY_OPS } from './tty.ts';
import type { FileKind } from './types.ts';

export const OPS: Readonly<Record<FileKind, FileOps>> = {
  regular: REGULAR_OPS,
  directory: DIRECTORY_OPS,
  path: PATH_OPS,
  proc: PROC_OPS,
  device: DEVICE_OPS,
  pipe: PIPE_OPS,
  eventfd: EVENTFD_OPS,
  epoll: EPOLL_OPS,
  timerfd: TIMERFD_OPS,
  signalfd: SIGNALFD_OPS,
  pidfd: PIDFD_OPS,
  inotify: INOTIFY_OPS,
  fscontext: FS_CONTEXT_OPS,
  mqueue: MQUEUE_OPS,
  tty: TTY_OPS,
  ptmx: PTMX_OPS,
  socket: SOCKET_OPS,
};
