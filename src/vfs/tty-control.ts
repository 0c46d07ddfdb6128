/** Job control of a terminal: which session it belongs to, and who is in its foreground. man 4 tty_ioctl. */
import { CAP, SIGNAL } from '../abi/index.ts';
import { hasCap } from './capability.ts';
import type { IoctlArgument } from './file-ops.ts';
import { giveInt, takeInt } from './ioctl.ts';
import type { Tty } from './tty.ts';
import type { Outcome } from './types.ts';
import type { Vfs } from './vfs.ts';

const isMine = (vfs: Vfs, tty: Tty) => vfs.host.current().tty === tty.id;

/** Does the current process belong to the terminal's session, but not to its foreground? */
export function isBackground(vfs: Vfs, tty: Tty): boolean {
  const { tty: own, pgid } = vfs.host.current();
  return own === tty.id && tty.foreground !== 0 && pgid !== tty.foreground;
}

/** The current session gets this terminal. */
export function takeTerminal(vfs: Vfs, tty: Tty): void {
  const { sid, pgid } = vfs.host.current();
  tty.session = sid;
  tty.foreground = pgid;
  vfs.host.setTty(tty.id);
}

/** TIOCGPGRP. */
export const giveForeground = (vfs: Vfs, tty: Tty, argument: IoctlArgument, isMaster: boolean): Outcome =>
  isMaster || isMine(vfs, tty) ? giveInt(argument, tty.foreground) : 'ENOTTY';

/** TIOCGSID. */
export const giveSession = (vfs: Vfs, tty: Tty, argument: IoctlArgument, isMaster: boolean): Outcome =>
  (isMaster || isMine(vfs, tty)) && tty.session !== 0 ? giveInt(argument, tty.session) : 'ENOTTY';

/** TIOCSPGRP; the caller has seen that it may change the terminal. */
export function setForeground(vfs: Vfs, tty: Tty, argument: IoctlArgument): Outcome {
  const pgid = takeInt(argument);
  if (typeof pgid === 'string') return pgid;
  const { sid } = vfs.host.current();
  if (!isMine(vfs, tty) || tty.session !== sid) return 'ENOTTY';
  if (pgid < 0) return 'EINVAL';
  const session = vfs.host.sessionOf(pgid);
  if (session === 0) return 'ESRCH';
  if (session !== sid) return 'EPERM';
  tty.foreground = pgid;
  return 0;
}

/** TIOCSCTTY: a session leader without a terminal takes this one; with 1 the superuser takes it from another. */
export function acquire(vfs: Vfs, tty: Tty, { value }: IoctlArgument): Outcome {
  const { tgid, sid, tty: own } = vfs.host.current();
  if (tgid === sid && own === tty.id && tty.session === sid) return 0;
  if (tgid !== sid || own !== 0) return 'EPERM';
  if (tty.session !== 0) {
    if (value !== 1 || !hasCap(vfs.host.credentials(), CAP.CAP_SYS_ADMIN)) return 'EPERM';
    vfs.host.dropTty(tty.session);
  }
  takeTerminal(vfs, tty);
  return 0;
}

/** TIOCNOTTY: the process gives its terminal up; when it leads the session, all of them do. */
export function giveUp(vfs: Vfs, tty: Tty): Outcome {
  const { tgid, sid } = vfs.host.current();
  if (!isMine(vfs, tty)) return 'ENOTTY';
  if (tgid !== sid) {
    vfs.host.setTty(0);
    return 0;
  }
  const { foreground } = tty;
  tty.session = 0;
  tty.foreground = 0;
  vfs.host.dropTty(sid);
  if (foreground !== 0) {
    vfs.host.signalGroup(foreground, SIGNAL.SIGHUP);
    vfs.host.signalGroup(foreground, SIGNAL.SIGCONT);
  }
  return 0;
}
