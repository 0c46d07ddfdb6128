/** /proc/PID/fdinfo/N: position and flags, and what a kind of file has to say of itself. man 5 proc_pid_fdinfo. */
import { O } from '../../abi/index.ts';
import { NEVER } from '../../base/index.ts';
import {
  catchUp,
  epollOf,
  type FileLock,
  type OpenFile,
  POLLERR,
  POLLHUP,
  pidOf,
  timerOf,
} from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { openFileOf } from './files.ts';
import { hex } from './format.ts';
import { lockText } from './parts.ts';
import type { Who } from './who.ts';

const word = (hi: number, lo: number): string => hex(hi >>> 0, 8) + hex(lo >>> 0, 8);
const trimmed = (text: string): string => text.replace(/^0+(?=.)/, '').padStart(16);
const deviceOf = (k: Kernel, inode: number): string =>
  (k.vfs.inodes.get(inode as never)?.super ?? 0).toString(16);

/** EPOLLERR and EPOLLHUP are asked for by every watch (Linux: do_epoll_ctl). */
const ALWAYS_TOLD = POLLERR | POLLHUP;

function epollText(k: Kernel, file: OpenFile): string {
  const lines: string[] = [];
  for (const id of epollOf(k.vfs, file).watches.values()) {
    const watch = k.vfs.watches.get(id)!;
    const target = k.vfs.files.get(watch.file)!;
    const events = ((watch.events | ALWAYS_TOLD) >>> 0).toString(16).padStart(8);
    const inode = target.inode === 0 ? target.channel : target.inode;
    lines.push(
      `tfd: ${String(watch.fd).padStart(8)} events: ${events} data: ${trimmed(word(watch.dataHi, watch.dataLo))} ` +
        ` pos:${target.pos} ino:${inode.toString(16)} sdev:${deviceOf(k, target.inode)}\n`,
    );
  }
  return lines.join('');
}

function inotifyText(k: Kernel, { channel }: OpenFile): string {
  const marks = [...k.vfs.inotifies.get(channel)!.wds.values()].reverse();
  return marks
    .map(({ wd, inode, mask }) => {
      const where = `ino:${inode.toString(16)} sdev:${deviceOf(k, inode)}`;
      return `inotify wd:${wd.toString(16)} ${where} mask:${(mask >>> 0).toString(16)} ignored_mask:0 \n`;
    })
    .join('');
}

const timeText = (nanos: number): string => `(${Math.floor(nanos / 1e9)}, ${nanos % 1e9})`;

function timerfdText(k: Kernel, file: OpenFile): string {
  const timer = timerOf(k.vfs, file);
  catchUp(k.vfs, timer);
  const flags = (timer.isWall ? 1 : 0) | (timer.cancel === 'no' ? 0 : 2);
  const left = timer.next >= NEVER ? 0 : Math.max(0, timer.next - k.now());
  return [
    `clockid: ${timer.clock}`,
    `ticks: ${timer.ticks}`,
    `settime flags: 0${flags.toString(8)}`,
    `it_value: ${timeText(left)}`,
    `it_interval: ${timeText(timer.interval)}`,
    '',
  ].join('\n');
}

function eventfdText(k: Kernel, { channel }: OpenFile): string {
  const { hi, lo, isSemaphore } = k.vfs.eventfds.get(channel)!;
  return `eventfd-count: ${trimmed(word(hi, lo))}\neventfd-id: ${channel}\neventfd-semaphore: ${isSemaphore ? 1 : 0}\n`;
}

function signalfdText(k: Kernel, { channel }: OpenFile): string {
  const { hi, lo } = k.vfs.signalfds.get(channel)!;
  return `sigmask:\t${word(hi, lo)}\n`;
}

function pidfdText(k: Kernel, file: OpenFile): string {
  const pid = pidOf(k.vfs, file) || -1;
  return `Pid:\t${pid}\nNSpid:\t${pid}\n`;
}

const KINDS: Readonly<Record<string, (k: Kernel, file: OpenFile) => string>> = {
  epoll: epollText,
  eventfd: eventfdText,
  inotify: inotifyText,
  pidfd: pidfdText,
  signalfd: signalfdText,
  timerfd: timerfdText,
};

/** Locks that this descriptor stands for: the open file's, and the process's on its inode (Linux: show_fd_locks). */
function locksText(k: Kernel, { group }: Who, file: OpenFile): string {
  const held = (k.vfs.locks.get(file.inode as never)?.locks ?? []) as readonly FileLock[];
  const own = held.filter(
    ({ family, owner }) => owner === (family === 'posix' ? group.tgid : (file.id as number)),
  );
  return own.map((lock) => `lock:\t${lockText(k, 1, file.inode, lock)}`).join('');
}

/** The whole text; null when the descriptor is not open. */
export function fdinfoText(k: Kernel, who: Who, fd: number): string | null {
  const file = openFileOf(k, who, fd);
  if (file === null) return null;
  const { cloexec } = k.filesTables.get(who.task.files)!.fds[fd]!;
  const flags = (file.flags & ~O.O_CLOEXEC) | (cloexec ? O.O_CLOEXEC : 0);
  const inode = file.inode === 0 ? file.channel : file.inode;
  const head = `pos:\t${file.pos}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${file.mount}\nino:\t${inode}\n`;
  return head + locksText(k, who, file) + (KINDS[file.kind]?.(k, file) ?? '');
}
