/** Packet mode of pseudo-terminals (man 2 ioctl_tty, TIOCPKT): the master hears what happens at the slave. */
import { notify } from './notify.ts';
import type { Tty } from './tty.ts';
import type { Vfs } from './vfs.ts';

/** What a status byte tells. Linux: TIOCPKT_*. */
export const PACKET = {
  FLUSHREAD: 1,
  FLUSHWRITE: 2,
  STOP: 4,
  START: 8,
  NOSTOP: 16,
  DOSTOP: 32,
  IOCTL: 64,
} as const;

/** The master's readers look again. */
export function tellMaster(vfs: Vfs, { pty }: Tty): void {
  if (pty !== null) notify(vfs, pty.readQueue);
}

/** Adds bits to the status that a master in packet mode will read, and takes others away. */
export function markPacket(vfs: Vfs, tty: Tty, set: number, clear = 0): void {
  if (tty.pty === null || !tty.pty.isPacket) return;
  tty.pty.status = (tty.pty.status & ~clear) | set;
  tellMaster(vfs, tty);
}
