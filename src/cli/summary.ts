/** `--summary`: the process tree and the timeline of a run, from its events, on standard error at its end. */
import { History } from './history.ts';
import { treeLines } from './process-tree.ts';
import { styled } from './say.ts';
import type { Observer } from './session.ts';
import { inTime, type Mark, timelineLines } from './timeline.ts';

const COLOURS = {
  running: 'green',
  some: 'green',
  ready: 'yellow',
  blocked: 'blue',
  stopped: 'red',
  gone: 'reset',
} as const satisfies Record<Mark, string>;

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
  const width = stream.columns ?? (Number(process.env['COLUMNS']) || DEFAULT_WIDTH);
  const colour = (mark: Mark, text: string) => styled(stream, COLOURS[mark], text);
  return [
    ...title('Processes'),
    ...treeLines(history, pid, { isUnicode }),
    ...title(from > begin ? `Timeline, after ${inTime(from - begin)} of one task alone` : 'Timeline'),
    ...timelineLines(history, from, { width, isUnicode, colour }),
    '',
    totals(history, begin),
  ];
}

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
