/** `tree`: the processes from the first one down, as they are now. */
import type { MachineView, ProcessView } from '../machine/index.ts';
import { type Language, term } from '../words/index.ts';
import { cut, safe, type TextStyle, treeMarks } from './text.ts';

/** The lines of the tree below a process. */
export function processTree(view: MachineView, root: number, language: Language, style: TextStyle): string[] {
  const marks = treeMarks(style);
  const byPid = new Map(view.processes.map((process) => [process.pid, process]));
  const lines: string[] = [];
  const below = (process: ProcessView, indent: string): void => {
    const threads = process.threads.filter(({ tid }) => tid !== process.pid);
    const children = process.children.map((pid) => byPid.get(pid)!);
    const last = threads.length + children.length - 1;
    const put = (text: string, at: number) =>
      lines.push(indent + (at === last ? marks.last : marks.branch) + text);
    for (const [i, { tid, comm, state }] of threads.entries())
      put(`{${safe(comm)}} ${tid} ${stateText(state, language)}`, i);
    for (const [i, child] of children.entries()) {
      const at = threads.length + i;
      put(nameOf(child, language), at);
      below(child, indent + (at === last ? marks.none : marks.pass));
    }
  };
  const top = byPid.get(root);
  if (top === undefined) return [];
  lines.push(nameOf(top, language));
  below(top, '');
  return lines.map((line) => cut(line, style.width, style));
}

const nameOf = (process: ProcessView, language: Language): string => {
  const [leader] = process.threads;
  const state = process.state === 'live' ? (leader?.state ?? 'dead') : process.state;
  return `${safe(leader?.comm ?? '?')} ${process.pid} ${stateText(state, language)}`;
};

const WORDS = {
  new: 'new',
  ready: 'ready',
  running: 'running',
  blocked: 'blocked',
  stopped: 'stopped',
  zombie: 'zombie',
  dead: 'terminated',
} as const;

const stateText = (state: keyof typeof WORDS, language: Language): string =>
  `(${term(WORDS[state], language)})`;
