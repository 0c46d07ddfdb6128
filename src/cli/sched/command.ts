/** `timeslice sched`: the same work under each policy, quantum and number of processors, compared. */
import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { isProblem, type Problem, problem } from '../../base/index.ts';
import type { TextStyle } from '../../views/index.ts';
import type { Language } from '../../words/index.ts';
import { chooseImage } from '../choose-image.ts';
import { langOption, languageFor } from '../language.ts';
import { addMachineFlags, type MachineFlags, readEnvironment, readNumbers } from '../machine-flags.ts';
import { planProgram } from '../program.ts';
import { guestEnvironment } from '../run.ts';
import { complain, styled } from '../say.ts';
import { makeVisible } from '../visible.ts';
import { programsOf } from './programs.ts';
import { runSetting, type SchedRun, type Work } from './run-setting.ts';
import { readSettings, type Settings } from './settings.ts';
import { ganttLines, tableLines } from './text.ts';

interface Flags extends MachineFlags {
  readonly policies?: string;
  readonly program?: readonly string[];
  readonly gantt: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly lang?: string;
}

/** Options of `run` that are lists here, or mean nothing. */
const OTHERWISE = new Set(['--policy', '--quantum', '--cpus', '--warp', '--no-warp', '--cold']);

/** Adds the command. */
export function register(program: Command): void {
  const command = program
    .command('sched')
    .description('compare scheduling policies: the same work under each setting')
    .argument('[program]', 'as for run')
    .argument('[arg...]', 'its arguments')
    .option('--policies <a,b>', 'scheduling policies, names or files (default: fcfs,rr,fair)')
    .option('--quantum <a,b>', 'lengths of a time slice (default: 5ms)')
    .option('--cpus <a,b>', 'numbers of virtual processors (default: 1)')
    .addOption(
      new Option('--program <command>', 'a program beside the others, which begin together').argParser(
        (line: string, before: readonly string[] = []) => [...before, line],
      ),
    )
    .option('--no-gantt', 'no Gantt charts')
    .option('-o, --output <file.html>', 'write a report with plots')
    .option('--json', 'as JSON')
    .addOption(langOption());
  addMachineFlags(command, OTHERWISE);
  command
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  timeslice sched --policies fcfs,rr,mlfq --quantum 1ms,5ms,20ms --switch-cost 5us -- python3 work.py\n' +
        "  timeslice sched --cpus 1,2 --program 'sort words.txt' --program 'gzip -k words.txt' -o report.html\n\n" +
        'What the programs write is not shown. Standard input is empty, and the clock begins at --epoch, else at 2025.\n',
    )
    .action((name: string | undefined, args: string[], flags: Flags) =>
      compare(name === undefined ? [] : [name, ...args], flags),
    );
}

async function compare(words: readonly string[], flags: Flags): Promise<void> {
  const settings = await readSettings(flags);
  if (isProblem(settings)) return complain(settings);
  const work = plan(words, flags, settings);
  if (isProblem(work)) return complain(work);
  const wrong = flags.output === undefined ? null : whyNoReport(flags.output);
  if (wrong !== null) return complain(wrong);
  const runs = await runAll(settings, work);
  if (isProblem(runs)) return complain(runs);
  await tell(runs, work, flags);
}

const DEFAULT_EPOCH = '2025-01-01T00:00Z';

function plan(words: readonly string[], flags: Flags, { switchCost }: Settings): Work | Problem {
  const programs = programsOf(flags.program ?? [], words);
  if (isProblem(programs)) return programs;
  const { cpus: _cpus, quantum: _quantum, switchCost: _cost, policy: _policy, ...rest } = flags;
  const numbers = readNumbers({ ...rest, epoch: flags.epoch ?? DEFAULT_EPOCH });
  if (isProblem(numbers)) return numbers;
  const given = readEnvironment(flags.env ?? []);
  if (isProblem(given)) return given;
  const image = chooseImage(flags.image);
  if (isProblem(image)) return image;
  const plans = [];
  for (const program of programs) {
    const found = planProgram(program, image, flags.host);
    if (isProblem(found)) return found;
    plans.push(found);
  }
  const visible = makeVisible(image, [...new Set(plans.flatMap(({ hostFiles }) => hostFiles))], flags);
  if (isProblem(visible)) return visible;
  const { layers, mounts, cwd } = visible;
  const env = { ...guestEnvironment(numbers.user ?? 0), ...given };
  const options = { ...numbers, switchCost, image: layers, mounts, warp: true };
  return { programs: plans.map(({ argv }) => argv), options, env, cwd };
}

async function runAll({ settings }: Settings, work: Work): Promise<readonly SchedRun[] | Problem> {
  const runs: SchedRun[] = [];
  for (const [i, setting] of settings.entries()) {
    progress(`${i + 1}/${settings.length} ${setting.name}`);
    const run = await runSetting(setting, work);
    progress('');
    if (isProblem(run)) return run;
    runs.push(run);
  }
  return runs;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function whyNoReport(file: string): Problem | null {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    return problem('no-report', `${file} is a folder`, 'Give a file behind -o, such as -o report.html.');
  try {
    accessSync(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK);
    return null;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return problem(
      'no-report',
      `${file}: the report cannot be written (${code})`,
      'Give another path behind -o.',
    );
  }
}

async function tell(runs: readonly SchedRun[], work: Work, flags: Flags): Promise<void> {
  const language = languageFor(flags);
  if (flags.json) process.stdout.write((await import('./json.ts')).asJson(runs, work));
  else process.stdout.write(asText(runs, language, flags.gantt));
  if (flags.output === undefined) return;
  const { reportPage } = await import('./report.ts');
  writeFileSync(flags.output, reportPage(runs, work, language));
}

const DEFAULT_WIDTH = 100;
const LEAST_WIDTH = 20;

function asText(runs: readonly SchedRun[], language: Language, hasGantts: boolean): string {
  const { stdout, env } = process;
  const style: TextStyle = {
    width: Math.max(LEAST_WIDTH, stdout.columns ?? (Number(env['COLUMNS']) || DEFAULT_WIDTH)),
    isUnicode: true,
  };
  const [head = '', ...rows] = tableLines(runs, language, style);
  const gantts = hasGantts ? runs.flatMap((run) => ['', ...ganttLines(run, language, style)]) : [];
  return `${[styled(stdout, 'bold', head), ...rows, ...gantts].join('\n')}\n`;
}
