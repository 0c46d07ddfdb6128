/** Telling a process that a message has come into an empty queue (man 3 mq_notify). Linux: ipc/mqueue.c __do_notify(). */
import { deliverNetlink, dropNotice, type MqNotice, type OpenFile } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { SIGEV } from '../posix-timer.ts';
import { sigInfo } from '../siginfo.ts';

const SI_MESGQ = -3;
/** Linux: NOTIFY_WOKENUP, NOTIFY_REMOVED, in the last byte of the cookie. */
const WOKEN = 1;
const REMOVED = 2;

/** The C library's helper thread reads the cookie from its netlink socket. */
function sendCookie(k: Kernel, { socket: id, cookie }: MqNotice, why: number): void {
  const socket = k.vfs.sockets.get(id);
  if (socket === undefined || cookie === null) return;
  const bytes = cookie.slice();
  bytes[bytes.length - 1] = why;
  deliverNetlink(k.vfs, socket, bytes);
}

/** A message has come. */
export function tellNotice(k: Kernel, notice: MqNotice): void {
  const group = k.groups.get(notice.tgid as never);
  if (notice.notify === SIGEV.SIGEV_THREAD) sendCookie(k, notice, WOKEN);
  else if (notice.notify === SIGEV.SIGEV_SIGNAL && notice.signo !== 0 && group !== undefined) {
    const { signo, valueLo: status, valueHi } = notice;
    const uid = k.task.credentials.ruid;
    k.signalGroup(group, sigInfo(signo, { code: SI_MESGQ, pid: k.group.tgid, uid, status, valueHi }));
  }
}

/** Nobody wants to be told any more. */
export function endNotice(k: Kernel, notice: MqNotice): void {
  if (notice.notify === SIGEV.SIGEV_THREAD) sendCookie(k, notice, REMOVED);
}

/** A process has closed a descriptor of a queue. */
export function mqueueClosed(k: Kernel, file: OpenFile, tgid: number): void {
  const notice = dropNotice(k.vfs, file, tgid);
  if (notice !== null) endNotice(k, notice);
}
