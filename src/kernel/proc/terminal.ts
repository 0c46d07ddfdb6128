/** A process's controlling terminal as /proc/PID/stat tells it. */
import type { Kernel } from '../kernel.ts';
import type { ThreadGroup } from '../types.ts';
import type { TerminalView } from './task-stat.ts';

/** `tty` is the terminal's device number; without one the foreground group is -1. */
export function terminalOf(k: Kernel, { tty }: ThreadGroup): TerminalView {
  return { device: tty, foreground: k.vfs.ttys.get(tty)?.foreground || -1 };
}
