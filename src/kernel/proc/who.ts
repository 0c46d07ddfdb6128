/** Whom a /proc node is about: a process seen through its first thread, or one thread of it. */
import type { Mm, MmId } from '../../memory/index.ts';
import type { ProcNode } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { isInTraceStop } from '../tracing.ts';
import type { Task, Tgid, ThreadGroup, Tid } from '../types.ts';

export interface Who {
  readonly group: ThreadGroup;
  /** The thread asked about, or the first one. */
  readonly task: Task;
  /** One thread (task/TID) rather than the process as a whole. */
  readonly isThread: boolean;
}

/** The process or thread of a node; null when it has gone. /proc/TID works for every thread, though unlisted. */
export function whoIs(k: Kernel, { pid, tid }: ProcNode): Who | null {
  const named = k.tasks.get(pid as Tid);
  const group = k.groups.get(pid as Tgid) ?? (named && k.groups.get(named.group));
  if (group === undefined) return null;
  const task = tid === 0 ? (named ?? firstThread(k, group)) : k.tasks.get(tid as Tid);
  if (task === undefined || task.group !== group.tgid) return null;
  return { group, task, isThread: tid !== 0 };
}

const firstThread = (k: Kernel, group: ThreadGroup): Task | undefined =>
  [...group.threads].map((tid) => k.tasks.get(tid)).find((task) => task !== undefined);

/** The address space of a process; undefined for a zombie. */
export const memoryOf = (k: Kernel, { task }: Who): Mm | undefined => k.mms.get(task.mm as MmId);

const STATE_LETTERS: Readonly<Record<Task['run'], string>> = {
  new: 'R',
  ready: 'R',
  running: 'R',
  blocked: 'S',
  stopped: 'T',
  zombie: 'Z',
  dead: 'X',
};
const STATE_NAMES: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk sleep',
  T: 'stopped',
  t: 'tracing stop',
  Z: 'zombie',
  X: 'dead',
};

/** R, S, D, T, t, Z or X, as ps shows it. */
export const stateLetter = (task: Task): string =>
  isInTraceStop(task)
    ? 't'
    : task.run === 'blocked' && task.wait?.uninterruptible
      ? 'D'
      : STATE_LETTERS[task.run];

/** `S (sleeping)`. */
export const stateText = (task: Task): string => {
  const letter = stateLetter(task);
  return `${letter} (${STATE_NAMES[letter]})`;
};

/** Bytes of a range of another process's memory, as far as they can be read. */
export function readRange(k: Kernel, mm: Mm, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.min(end - start, MAX_RANGE)));
  if (bytes.length === 0 || k.memory.user.copyIn(mm, start, bytes)) return bytes;
  return new Uint8Array(0);
}
/** Linux lets arguments and environment be a quarter of the stack: 2 MiB of 8. */
const MAX_RANGE = 2 ** 21;
