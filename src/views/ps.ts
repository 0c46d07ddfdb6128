/** `ps`: a line for every process or, asked for threads, for every thread. Columns and letters as procps has them. */
import type { MachineView, ProcessView, TaskView } from '../machine/index.ts';
import type { Language, Text } from '../words/index.ts';
import { inTime, safe, type TextStyle, table } from './text.ts';
import { waitText } from './waits.ts';

export interface PsOptions extends TextStyle {
  readonly language: Language;
  readonly threads: boolean;
}

const HEADS = {
  user: { en: 'USER TIME', ko: '사용자 시간' },
  system: { en: 'SYS TIME', ko: '커널 시간' },
  ready: { en: 'WAITED', ko: '준비 시간' },
  wait: { en: 'WAITS FOR', ko: '기다리는 것' },
  command: { en: 'COMMAND', ko: '명령' },
} as const satisfies Record<string, Text>;

const RESIDENT_KIB = 4;

/** The lines of the listing. */
export function psLines(view: MachineView, { language, threads, ...style }: PsOptions): string[] {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'PID', ...right },
    ...(threads ? [{ head: 'TID', ...right }] : []),
    { head: 'PPID', ...right },
    { head: 'PGID', ...right },
    { head: 'SID', ...right },
    { head: 'UID', ...right },
    { head: 'S' },
    { head: 'NI', ...right },
    { head: 'PSR', ...right },
    { head: 'NLWP', ...right },
    { head: 'RSS', ...right },
    { head: HEADS.user[language], ...right },
    { head: HEADS.system[language], ...right },
    { head: HEADS.ready[language], ...right },
    { head: HEADS.wait[language] },
    { head: HEADS.command[language] },
  ];
  const row = (process: ProcessView, task: TaskView, one: boolean): string[] => {
    const sum = (time: (each: TaskView) => number) =>
      inTime(one ? time(task) : process.threads.reduce((total, each) => total + time(each), 0));
    return [
      String(process.pid),
      ...(threads ? [String(task.tid)] : []),
      String(process.ppid),
      String(process.pgid),
      String(process.sid),
      String(process.uid),
      letterOf(process, task),
      String(task.nice),
      String(task.cpu),
      String(process.threads.length),
      String(process.rssPages * RESIDENT_KIB),
      sum((each) => each.userTime),
      sum((each) => each.systemTime),
      sum((each) => each.readyTime),
      task.waitsFor === null ? '-' : waitText(task.waitsFor, language),
      commandOf(process, task),
    ];
  };
  const rows = view.processes.flatMap((process) =>
    threads
      ? process.threads.map((task) => row(process, task, true))
      : process.threads.slice(0, 1).map((task) => row(process, task, false)),
  );
  return table(columns, rows, style);
}

const LETTERS: Readonly<Record<TaskView['state'], string>> = {
  new: 'N',
  ready: 'R',
  running: 'R',
  blocked: 'S',
  stopped: 'T',
  zombie: 'Z',
  dead: 'X',
};

/** The state as procps writes it: `+` is in the foreground, `s` leads a session, `l` has threads. */
function letterOf(process: ProcessView, { state, waitsFor }: TaskView): string {
  const letter = process.state === 'zombie' ? 'Z' : waitsFor?.on === 'disk' ? 'D' : LETTERS[state];
  const leads = process.sid === process.pid ? 's' : '';
  return letter + leads + (process.threads.length > 1 ? 'l' : '') + (process.isForeground ? '+' : '');
}

function commandOf({ argv, state }: ProcessView, { comm }: TaskView): string {
  if (state === 'zombie' || argv.length === 0)
    return `[${safe(comm)}]${state === 'zombie' ? ' <defunct>' : ''}`;
  return safe(argv.join(' '));
}
