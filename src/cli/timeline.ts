/** `timeslice timeline`: a recorded run as lanes: in the terminal, as a picture, as a page, as a trace for Perfetto. */
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { type Moment, openRecording, type Recording, TimesliceError } from '../host-node/index.ts';
import { interestingFrom, Timeline, timelineLines, type Window } from '../timeline/index.ts';
import type { Language } from '../words/index.ts';
import { fileTrouble } from './file-trouble.ts';
import { langOption, languageFor } from './language.ts';
import { parseMoment } from './moment.ts';
import { complain, say, styled } from './say.ts';
import { styleOf } from './style.ts';
import { FORMATS, type Picture } from './timeline-formats.ts';
import { parseCount } from './units.ts';

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly pid?: string;
  readonly output?: string;
  readonly lang?: string;
  readonly json?: boolean;
  readonly trustPolicy?: boolean;
}

const EXAMPLES = `
Examples:
  timeslice timeline family.tsrec
  timeslice timeline family.tsrec --from 147ms --to 156ms --pid 5
  timeslice timeline family.tsrec -o family.html --lang ko
  timeslice timeline family.tsrec -o family.pftrace    # for https://ui.perfetto.dev
`;

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('timeline')
    .description('show a recorded run as a timeline: who had each CPU, the states of each task, and why')
    .argument('<recording>', 'a file that `timeslice run --record FILE` wrote')
    .option('--from <moment>', 'where it begins: a virtual time (12ms) or an event (event:1830)')
    .option('--to <moment>', 'where it ends (default: the end of the run)')
    .option('--pid <n>', 'only this process and those it made')
    .option(
      '-o, --output <file>',
      'write a picture (.svg), a page (.html), or a trace for Chrome (.json) or Perfetto (.pftrace)',
    )
    .option(
      '--trust-policy',
      'run the scheduling policy that is in the recording: a program, with your rights',
    )
    .addOption(langOption())
    .option('--json', "print Chrome's trace as JSON")
    .addHelpText('after', EXAMPLES)
    .action(show);
}

async function show(file: string, flags: Flags): Promise<void> {
  try {
    const recording = await openRecording(file, { trustsPolicy: flags.trustPolicy === true });
    const problem = await tell(recording, flags);
    if (problem !== null) complain(problem);
  } catch (error) {
    if (!(error instanceof TimesliceError)) throw error;
    complain(error.problem);
  }
}

async function tell(recording: Recording, flags: Flags): Promise<Problem | null> {
  const timeline = timelineOf(recording);
  const { output } = flags;
  const format = flags.json
    ? FORMATS['.json']
    : output === undefined
      ? null
      : FORMATS[extname(output).toLowerCase()];
  if (format === undefined) return noFormat(output!);
  const window = windowOf(recording, timeline, flags, format !== null);
  if (isProblem(window)) return window;
  const language = languageFor(flags);
  if (format === null) {
    process.stdout.write(`${asText(timeline, window, language).join('\n')}\n`);
    return null;
  }
  const bytes = await format({ recording, timeline, window, language } satisfies Picture);
  if (output === undefined) process.stdout.write(bytes);
  else return write(output, bytes);
  return null;
}

function timelineOf(recording: Recording): Timeline {
  const timeline = new Timeline((id) => recording.nameOf(id));
  recording.visitEvents({}, (event) => timeline.take(event));
  timeline.finish(recording.info.time);
  return timeline;
}

function write(file: string, bytes: string | Uint8Array): Problem | null {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    return fileTrouble(error);
  }
  say(`wrote ${file}`);
  return null;
}

function windowOf(
  recording: Recording,
  timeline: Timeline,
  flags: Flags,
  isWhole: boolean,
): Window | Problem {
  const { end } = timeline;
  const from =
    flags.from === undefined ? (isWhole ? 0 : interestingFrom(timeline)) : instant('--from', flags.from);
  const to = flags.to === undefined ? end : instant('--to', flags.to);
  const pid = flags.pid === undefined ? undefined : parseCount('--pid', flags.pid, 1);
  for (const given of [from, to, pid]) if (isProblem(given)) return given;
  const window = { from: from as number, to: to as number, ...(pid !== undefined && { pid: pid as number }) };
  if (window.from > end || window.to > end || window.from >= window.to)
    return problem(
      'bad-window',
      `--from and --to: there is nothing from ${window.from} to ${window.to} ns`,
      `Give times between 0 and ${end} ns (${end / 1e6} ms), the first one before the second.`,
    );
  if (pid !== undefined && !timeline.lanes.some(({ life }) => life.tid === pid))
    return problem(
      'no-process',
      `there is no task ${pid} in the recording`,
      'timeslice tree RECORDING --history lists all.',
    );
  return window;

  function instant(option: string, text: string): number | Problem {
    const moment = parseMoment(option, text);
    return isProblem(moment) || typeof moment === 'number' ? moment : timeOf(recording, moment, end);
  }
}

function timeOf(recording: Recording, moment: Exclude<Moment, number>, end: number): number | Problem {
  if (moment === 'end') return end;
  const [event] = recording.events({ since: moment.event, until: moment.event + 1 });
  return (
    event?.at ??
    problem(
      'bad-moment',
      `event ${moment.event} is not in the recording`,
      'timeslice replay --events RECORDING lists those that are.',
    )
  );
}

const noFormat = (file: string): Problem =>
  problem(
    'no-format',
    `${file}: the end of the name says what to write, and is none of ${Object.keys(FORMATS).join(' ')}`,
    'Write, for instance, -o timeline.html.',
  );

const asText = (timeline: Timeline, window: Window, language: Language): string[] =>
  timelineLines(timeline, window, {
    ...styleOf(process.stdout, DEFAULT_WIDTH),
    language,
    colour: (ansi, text) => styled(process.stdout, ansi, text),
  });

const DEFAULT_WIDTH = 100;
