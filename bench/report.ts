/** The report of a run: kept as JSON, printed as a table, and written into the docs. */
import type { Check } from './bulk.ts';
import type { Engine } from './engines.ts';
import type { Result } from './measure.ts';
import { PROGRAMS, type Program } from './programs.ts';
import { geometricMean, median, type Ratios } from './statistics.ts';

/** What `npm run bench` writes; the baseline has the same form. */
export interface Report {
  readonly machine: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly results: Readonly<Record<string, Result>>;
  readonly checks: Readonly<Record<string, readonly Check[]>>;
}

const rounded = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
const cell = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : rounded(value);

const COLUMNS = ['work', 'native s', 'qemu s', 'v86 s', 'ours s', 'q', 'n', 'v', 'must', 'aim', 'verdict'];
const SECONDS: readonly Engine[] = ['native', 'qemu', 'v86', 'timeslice'];

/** How a ratio stands to what is wanted. */
export function verdict(value: number | undefined, must: number, aim: number): string {
  if (value === undefined) return '';
  if (value <= aim) return 'aim met';
  return value <= must ? 'must met' : `missed by ${rounded(value / must)} times`;
}

/** One program's line. */
export function row(program: Program, result: Result): string[] {
  const { peer, must, aim } = program.target;
  const seconds = SECONDS.map((engine) => cell(median(result.engines[engine]?.cpu ?? [])));
  const ratios = ['q', 'n', 'v'].map((letter) => cell(result.ratios[letter]));
  const judged = verdict(result.ratios[peer], must, aim);
  return [program.title, ...seconds, ...ratios, `${must} ${peer}`, `${aim} ${peer}`, judged];
}

const measured = ({ results }: Report) => PROGRAMS.filter(({ name }) => results[name] !== undefined);

/** The geometric means that the targets speak of, each with a line of its own. */
export function means(report: Report): string[][] {
  const over = (programs: readonly Program[], letter: string) =>
    programs.flatMap(({ name }) => report.results[name]?.ratios[letter] ?? []);
  const line = (title: string, at: number, values: readonly number[], must: number, aim: number) => {
    if (values.length === 0) return [];
    const mean = geometricMean(values);
    const cells = COLUMNS.map(() => '');
    cells[0] = `${title}, geometric mean of ${values.length}`;
    cells[at] = cell(mean);
    cells[8] = `${must} ${COLUMNS[at]}`;
    cells[9] = `${aim} ${COLUMNS[at]}`;
    cells[10] = verdict(mean, must, aim);
    return [cells];
  };
  const programs = measured(report);
  const integers = programs.filter(({ kind }) => kind === 'integer');
  return [
    ...line('integer kernels', 5, over(integers, 'q'), 1.1, 0.8),
    ...line('kernels against v86', 7, over(programs, 'v'), 0.5, 0.25),
  ];
}

/** The whole table in Markdown. */
export function table(report: Report): string {
  const rows = measured(report).map((program) => row(program, report.results[program.name]!));
  const lines = [
    COLUMNS,
    COLUMNS.map((_, index) => (index === 0 ? '---' : '--:')),
    ...rows,
    ...means(report),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The checks without a peer. */
export function checkTable(report: Report): string {
  const rows = Object.values(report.checks)
    .flat()
    .map(({ title, value, limit, unit }) => {
      const held = value <= limit ? 'met' : 'missed';
      return `| ${title} | ${rounded(value)} ${unit} | ${limit} ${unit} | ${held} |`;
    });
  return ['| what | measured | at most | |', '|---|--:|--:|---|', ...rows].join('\n');
}

/** The generated part of docs/benchmarks.md. */
export function page(report: Report): string {
  const { machine, rounds } = report;
  return [
    `${machine['cpu']}, ${machine['cores']} processors; ${machine['system']}, Node ${machine['node']}, QEMU ${machine['qemu']}`,
    `(user mode), gcc ${machine['gcc']} \`-O2 -static\`, v86 ${machine['v86']}; load average ${machine['load']} (not ours alone).`,
    `\`npm run bench -- --rounds ${rounds} --write-docs\`, ${machine['date']}.`,
    '',
    table(report),
    '',
    checkTable(report),
  ].join('\n');
}

/** Puts the generated part between its marks. */
export function intoPage(text: string, generated: string): string {
  const marks = /<!-- bench -->[\s\S]*?<!-- \/bench -->/;
  if (!marks.test(text))
    throw new Error('docs/benchmarks.md has lost its marks <!-- bench --> and <!-- /bench -->');
  return text.replace(marks, () => `<!-- bench -->\n${generated}\n<!-- /bench -->`);
}

/** The ratios of a report, for a comparison. */
export function ratiosOf(report: Report): Record<string, Ratios> {
  return Object.fromEntries(Object.entries(report.results).map(([name, { ratios }]) => [name, ratios]));
}

/** The report as the formatter of this repository writes it: short lists on one line, numbers to six digits. */
export function reportText(report: Report): string {
  const digits = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  const text = JSON.stringify(report, digits, 2);
  return `${text.replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' ').replace(/\[ | \]/g, (end) => end.trim()))}\n`;
}
