/** The host's end of a hosted terminal: keys go in, bytes for the screen come out. */
import { bug } from '../base/index.ts';
import { ringTake } from './ring.ts';
import { newTermios } from './termios.ts';
import { newTty, type Tty } from './tty.ts';
import { receive } from './tty-input.ts';
import { resize } from './tty-ioctl.ts';
import type { Vfs } from './vfs.ts';

/** Device number of /dev/console: major 5, minor 1. */
export const CONSOLE = 5 * 256 + 1;

/** Connects /dev/console to the host's terminal. */
export function connectConsole(vfs: Vfs, rows: number, columns: number): void {
  const tty = newTty(vfs, CONSOLE, true, newTermios());
  Object.assign(tty.size, { rows, columns });
}

const hosted = (vfs: Vfs, id: number): Tty => vfs.ttys.get(id) ?? bug(`there is no terminal ${id}`);

/** Keys were typed: an input of the machine. */
export const ttyInput = (vfs: Vfs, id: number, bytes: Uint8Array): void =>
  receive(vfs, hosted(vfs, id), bytes);

/** Takes what the screen has not shown yet. */
export const ttyOutput = (vfs: Vfs, id: number, max = Number.POSITIVE_INFINITY): Uint8Array =>
  ringTake(hosted(vfs, id).output, max);

/** The window has another size: an input of the machine. */
export const ttyResize = (vfs: Vfs, id: number, rows: number, columns: number): void =>
  resize(vfs, hosted(vfs, id), { rows, columns, width: 0, height: 0 });
