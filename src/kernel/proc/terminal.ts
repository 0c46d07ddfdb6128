/** A process's controlling terminal as /proc/PID/stat tells it. */
import type { ThreadGroup } from '../types.ts';
import type { TerminalView } from './task-stat.ts';

/** `tty` is the terminal's device number. */
export const terminalOf = (group: ThreadGroup): TerminalView => ({ device: group.tty, foreground: -1 });
