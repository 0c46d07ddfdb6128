/** `--summary`: the process tree and the timeline of a run, from its events, on standard error at its end. */

import { columnsOf, type LanesStyle, laneLine, legendLines, scaleLine } from '../timeline/index.ts';
import { inTime, safe } from '../views/index.ts';
import { History, type TaskHistory } from './history.ts';
import { programOf, treeLines } from './process-tree.ts';
import { styled } from './say.ts';
import type { Observer } from './session.ts';

const DEFAULT_WIDTH = 100;

/** Watches a session's machine and tells at the end what happened. */
export function summarize(stream: NodeJS.WriteStream): Observer {
  let history: History | undefined;
  return {
    onBoot(machine) {
      const made = new History((id) => machine.nameOf(id));
      history = made;
      machine.watch(({ records, dropped }) => made.take(records, dropped));
    },
    onEnd(_machine, pid) {
      stream.write(`${summaryLines(history!, pid, stream).join('\n')}\n`);
    },
  };
}

function summaryLines(history: History, pid: number, stream: NodeJS.WriteStream): string[] {
  const isUnicode = /utf-?8/i.test(
    process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || 'utf-8',
  );
  const title = (text: string) => ['', styled(stream, 'bold', text)];
  const begin = history.states.get(pid)?.begin ?? 0;
  const from = interesting(history, begin);
  const style: LanesStyle = {
    width: stream.columns ?? (Number(process.env['COLUMNS']) || DEFAULT_WIDTH),
    isUnicode,
    language: 'en',
    colour: (ansi, text) => styled(stream, ansi, text),
  };
  return [
    ...title('Processes'),
    ...treeLines(history, pid, { isUnicode }),
    ...title(from > begin ? `Timeline, after ${inTime(from - begin)} of one task alone` : 'Timeline'),
    ...lanes(history, from, style),
    '',
    totals(history, begin),
  ];
}

/** Lanes that are shown; the rest is counted. */
const MOST_LANES = 40;

function lanes(history: History, from: number, style: LanesStyle): string[] {
  const tasks = [...history.tasks.values()].filter(({ tid }) => tid !== 1 && history.states.has(tid));
  const shown = tasks.slice(0, MOST_LANES).map((task) => ({
    label: labelOf(history, task),
    times: history.states.get(task.tid)!,
  }));
  const columns = columnsOf(
    shown.map(({ label }) => label),
    style,
  );
  return [
    scaleLine(from, history.end, columns, style),
    ...shown.map((lane) => laneLine(lane, from, history.end, columns, style)),
    ...(tasks.length > shown.length ? [`… and ${tasks.length - shown.length} more tasks`] : []),
    ...legendLines(['running', 'partly', 'ready', 'blocked', 'zombie'], columns.head, style),
  ];
}

const labelOf = (history: History, task: TaskHistory): string => {
  const name = safe(programOf(history, task));
  return `${task.tid === task.group ? name : `{${name}}`} ${task.tid}`;
};

/** A long start before anything else happens would leave no room for what does. */
function interesting(history: History, begin: number): number {
  const fork = history.firstFork ?? begin;
  return fork - begin > (history.end - begin) / 4 ? fork : begin;
}

function totals(history: History, begin: number): string {
  const { switches, preemptions, lost } = history.totals;
  const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
  const all = [...history.tasks.values()].filter(({ tid }) => tid !== 1);
  const processes = all.filter(({ tid, group }) => tid === group).length;
  const parts = [
    count(processes, 'process', 'processes'),
    ...(all.length > processes ? [count(all.length - processes, 'more thread')] : []),
    count(switches, 'context switch', 'context switches'),
    count(preemptions, 'preemption'),
    `${inTime(history.end - begin)} of virtual time`,
    ...(lost > 0 ? [`${lost} events came too fast to be read`] : []),
  ];
  return parts.join(', ');
}
