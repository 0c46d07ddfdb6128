/** A comparison as text: a table of all runs, and a Gantt chart of each. */

import stringWidth from 'string-width';
import { facts, inTime, safe, type TextStyle, table, wrap } from '../../views/index.ts';
import type { Language } from '../../words/index.ts';
import { headOf, label, SHOWN } from './labels.ts';
import { SWITCHING } from './measure.ts';
import { quantumOf, told } from './numbers.ts';
import type { SchedRun } from './run-setting.ts';

/** The first columns of every table tell the setting. */
const SETTING = 3;
/** Where the columns are parted when the terminal is too narrow for all. */
const MIDDLE = SETTING + 3;

/** One table, or two where the terminal is too narrow for it, or facts run by run where it is for those, too. */
export function tableLines(runs: readonly SchedRun[], language: Language, style: TextStyle): string[] {
  const columns = [
    { head: label('policy', language) },
    { head: label('slice', language), align: 'right' as const },
    { head: label('cpus', language), align: 'right' as const },
    ...SHOWN.map((shown) => ({ head: headOf(shown, language), align: 'right' as const })),
  ];
  const rows = runs.map((run) => [
    safe(run.setting.name),
    quantumOf(run),
    String(run.setting.cpus),
    ...SHOWN.map((shown) => told(run, shown, language)),
  ]);
  const part = (chosen: (at: number) => boolean) => {
    const of = <T>(list: readonly T[]) => list.filter((_, at) => chosen(at));
    return table(of(columns), rows.map(of), { ...style, width: Number.MAX_SAFE_INTEGER });
  };
  const halves = [part((at) => at < MIDDLE), part((at) => at < SETTING || at >= MIDDLE)];
  const whole = [part(() => true)];
  const fits = (tables: readonly (readonly string[])[]) =>
    tables.every((lines) => lines.every((line) => stringWidth(line) <= style.width));
  const shown = [whole, halves].find(fits);
  if (shown !== undefined) return shown.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
  return rows.flatMap((row, i) => {
    const entries = row.map((cell, at) => [columns[at]!.head, cell] as const);
    return [...(i === 0 ? [] : ['']), ...facts(entries, style)];
  });
}

/** Letters for tasks, by the order of their births. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const OTHER = '*';
const IDLE = '.';
const SWITCH = '|';

/** The letter of a task, by the order of births. */
export const letterOf = (tids: readonly number[], tid: number): string =>
  tid === 0 ? IDLE : tid === SWITCHING ? SWITCH : (LETTERS[tids.indexOf(tid)] ?? OTHER);

/** Who had each processor when: a letter for each task, and which one it is. */
export function ganttLines(run: SchedRun, language: Language, style: TextStyle): string[] {
  const { measuring, setting } = run;
  const tids = [...measuring.tasks.keys()];
  const left = `CPU ${setting.cpus - 1} `.length;
  const columns = Math.max(8, style.width - left);
  const seen = new Set<number>();
  const lanes = measuring.lanes.map((lane, cpu) => {
    const cells = lane.most(Math.max(0, measuring.from), measuring.to, columns);
    for (const tid of cells) seen.add(tid);
    return `CPU ${cpu}`.padEnd(left) + cells.map((tid) => letterOf(tids, tid)).join('');
  });
  const title = [setting.name, quantumOf(run), `${setting.cpus} CPU`].join(', ');
  const end = inTime(measuring.to - Math.max(0, measuring.from));
  const key = [
    ...tids
      .filter((tid, at) => seen.has(tid) && at < LETTERS.length)
      .map((tid) => `${letterOf(tids, tid)} ${safe(measuring.tasks.get(tid)!.program || '?')}(${tid})`),
    ...(tids.slice(LETTERS.length).some((tid) => seen.has(tid))
      ? [`${OTHER} ${label('others', language)}`]
      : []),
    ...(seen.has(0) ? [`${IDLE} ${label('idle', language)}`] : []),
    ...(seen.has(SWITCHING) ? [`${SWITCH} ${label('switching', language)}`] : []),
  ];
  return [
    ...wrap(title, style.width),
    ...lanes,
    `${''.padEnd(left)}0${end.padStart(Math.max(1, columns - 1))}`,
    ...wrap(key.join('  '), style.width - 2).map((line) => `  ${line}`),
  ];
}
