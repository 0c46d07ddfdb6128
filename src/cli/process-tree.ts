/** The processes of a run as a tree: who made whom, what it ran, how it ended. */
import { signalName } from '../abi/index.ts';
import type { History, TaskHistory } from './history.ts';

export interface TreeStyle {
  /** Draw with lines, or with ASCII where the terminal has none. */
  readonly isUnicode: boolean;
}

const LINES = { branch: '├─ ', last: '└─ ', pass: '│  ', none: '   ' };
const ASCII = { branch: '|- ', last: '`- ', pass: '|  ', none: '   ' };

/** The lines of the tree below a process. */
export function treeLines(history: History, root: number, { isUnicode }: TreeStyle): string[] {
  const marks = isUnicode ? LINES : ASCII;
  const lines: string[] = [];
  const below = (pid: number, indent: string): void => {
    const children = childrenOf(history, pid);
    children.forEach((child, i) => {
      const isLast = i === children.length - 1;
      lines.push(indent + (isLast ? marks.last : marks.branch) + describe(history, child));
      if (child.tid === child.group) below(child.tid, indent + (isLast ? marks.none : marks.pass));
    });
  };
  const top = history.tasks.get(root);
  if (top === undefined) return [];
  lines.push(describe(history, top));
  below(root, '');
  return lines;
}

/** Threads first, then child processes, each in the order they began. */
const childrenOf = (history: History, pid: number): readonly TaskHistory[] => {
  const all = [...history.tasks.values()];
  const threads = all.filter(({ tid, group }) => group === pid && tid !== pid);
  return [...threads, ...all.filter(({ tid, group, parent }) => tid === group && parent === pid)];
};

/** The program's name, its own or the one its makers ran. */
export function programOf(history: History, task: TaskHistory): string {
  let here: TaskHistory | undefined = task;
  while (here !== undefined && here.program === '')
    here = history.tasks.get(here.tid === here.group ? here.parent : here.group);
  return here?.program ?? '?';
}

function describe(history: History, task: TaskHistory): string {
  const { tid, group, adoptedBy } = task;
  const adopted = adoptedBy === 0 ? '' : `, adopted by ${adoptedBy}`;
  if (tid !== group) return `{thread ${tid}}`;
  return `${programOf(history, task)} ${tid}: ${endOf(task)}${adopted}`;
}

/** How a task ended, in words. */
export function endOf({ status }: TaskHistory): string {
  if (status === null) return 'still there at the end';
  const signo = status & 0x7f;
  return signo === 0 ? `exit ${(status >> 8) & 0xff}` : `ended by ${signalName(signo)}`;
}
