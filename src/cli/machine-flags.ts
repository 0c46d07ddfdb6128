/** The options of a machine on the command line, shared by every command that boots one. */
import { Command, Option } from 'commander';
import { type PolicyChoice, TIERS, type Tier } from '../api/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { parseCount, parseDuration, parseSize } from './units.ts';

/** As typed. */
export interface MachineFlags {
  readonly image?: string;
  readonly cpus?: string;
  readonly policy?: string;
  readonly quantum?: string;
  readonly switchCost?: string;
  readonly seed?: string;
  readonly memory?: string;
  readonly maxInstructions?: string;
  readonly virtualTimeout?: string;
  readonly maxProcesses?: string;
  readonly maxOutput?: string;
  readonly disk?: string;
  readonly tier?: Tier;
  readonly epoch?: string;
  readonly mount?: readonly string[];
  readonly host: boolean;
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  readonly warp?: boolean;
  readonly cold?: boolean;
}

/** As meant: what the library's boot takes. */
export interface MachineNumbers {
  cpus?: number;
  policy?: PolicyChoice;
  quantum?: number;
  switchCost?: number;
  seed?: number;
  memory?: number;
  maxInstructions?: number;
  virtualTimeout?: number;
  maxProcesses?: number;
  maxOutput?: number;
  disk?: number;
  tier?: Tier;
  user?: number;
  epoch: Date;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Adds the options to a command, but those whose names it says. */
export function addMachineFlags(command: Command, without: ReadonlySet<string> = new Set()): Command {
  const own = machineFlags().options.filter(({ long }) => !without.has(long ?? ''));
  for (const option of own) command.addOption(option);
  return command;
}

function machineFlags(): Command {
  return new Command()
    .option('--image <name>', 'debian (default when set up), tiny, a folder, or another image by name')
    .option('--cpus <n>', 'virtual processors (default: 1)')
    .option('--policy <name>', 'how tasks are scheduled: a name, or a file such as ./mine.ts (default: fair)')
    .option('--quantum <time>', "how long a task runs before it is the next one's turn (default: 5ms)")
    .option('--switch-cost <time>', 'what a context switch costs (default: 0)')
    .option('--seed <n>', "seed of the machine's randomness (default: 0)")
    .option('--memory <size>', 'guest memory (default: 512M)')
    .option('--max-instructions <n>', 'stop after so many instructions')
    .option('--virtual-timeout <time>', 'stop after this virtual time')
    .option('--max-processes <n>', 'processes and threads at once (default: 4096)')
    .option('--max-output <size>', 'stop after so much output')
    .option('--disk <time>', 'how long a request to the disk takes (default: 0)')
    .addOption(
      new Option('--tier <how>', 'how instructions are executed; results are the same').choices(TIERS),
    )
    .option('--epoch <time>', 'wall clock at boot, such as 2025-01-01T00:00Z (default: now)')
    .addOption(
      new Option(
        '--mount <host:guest[:rw]>',
        'show a folder or file of this computer in the machine; with :rw, write changes of a folder back at the end',
      ).argParser(collect),
    )
    .option('--no-host', 'show nothing of this computer')
    .addOption(
      new Option(
        '--env <name=value>',
        "set an environment variable; NAME alone takes this computer's",
      ).argParser(collect),
    )
    .option('--cwd <dir>', 'working directory in the machine')
    .option('--user <uid>', 'uid and gid of the program (default: 0)')
    .option('--warp', 'never wait for real time when all tasks sleep (default unless on a terminal)')
    .option('--no-warp', 'wait for real time when all tasks sleep')
    .option('--cold', 'run from the very start, not from where an earlier run of the same was kept');
}

type Reader = (option: string, text: string) => number | Problem;

const countFrom =
  (least: number, most?: number): Reader =>
  (option, text) =>
    parseCount(option, text, least, most);

/** What one WebAssembly memory can be, less what the machine itself needs. */
const MEMORY = { least: 8 * 2 ** 20, most: 3.5 * 2 ** 30, words: 'from 8M to 3.5G' } as const;

function readMemory(option: string, text: string): number | Problem {
  const bytes = parseSize(option, text);
  if (isProblem(bytes) || (bytes >= MEMORY.least && bytes <= MEMORY.most)) return bytes;
  const sentence = `${option} ${text}: a machine's memory is ${MEMORY.words}`;
  return problem('bad-size', sentence, `Give a size ${MEMORY.words}, such as ${option} 512M.`);
}

/** A slice of no time would be none. */
export function parseQuantum(option: string, text: string): number | Problem {
  const nanos = parseDuration(option, text);
  if (isProblem(nanos) || nanos >= 1) return nanos;
  return problem(
    'bad-duration',
    `${option} ${text}: a slice takes time`,
    `Give a time above 0, such as ${option} 5ms.`,
  );
}

/** How each option's number is read. Bounds of the machine itself are its own business. */
const NUMBERS: Readonly<
  Record<keyof Omit<MachineNumbers, 'epoch' | 'tier' | 'policy'>, readonly [option: string, read: Reader]>
> = {
  cpus: ['--cpus', countFrom(1, 32)],
  quantum: ['--quantum', parseQuantum],
  switchCost: ['--switch-cost', parseDuration],
  seed: ['--seed', countFrom(0)],
  memory: ['--memory', readMemory],
  maxInstructions: ['--max-instructions', countFrom(1)],
  virtualTimeout: ['--virtual-timeout', parseDuration],
  maxProcesses: ['--max-processes', countFrom(2, 1_000_000)],
  maxOutput: ['--max-output', parseSize],
  disk: ['--disk', parseDuration],
  user: ['--user', countFrom(0, 0x7fffffff)],
};

/** Reads the numbers. */
export function readNumbers(flags: MachineFlags): MachineNumbers | Problem {
  const epoch = readEpoch(flags.epoch);
  if (isProblem(epoch)) return epoch;
  const numbers: MachineNumbers = { epoch, ...(flags.tier === undefined ? {} : { tier: flags.tier }) };
  for (const [name, [option, read]] of Object.entries(NUMBERS)) {
    const text = flags[name as keyof typeof NUMBERS];
    if (text === undefined) continue;
    const value = read(option, text);
    if (isProblem(value)) return value;
    numbers[name as keyof typeof NUMBERS] = value;
  }
  return numbers;
}

function readEpoch(text: string | undefined): Date | Problem {
  if (text === undefined) return new Date();
  const epoch = /^\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if (!Number.isNaN(epoch.getTime()) && epoch.getTime() >= 0) return epoch;
  return problem(
    'bad-time',
    `--epoch ${text}: not a time`,
    'Write seconds since 1970, or a date such as 2025-01-01T00:00Z.',
  );
}

/** Variables of `--env`: NAME=VALUE, or NAME for this computer's value. */
export function readEnvironment(entries: readonly string[]): Record<string, string> | Problem {
  const env: Record<string, string> = {};
  for (const entry of entries) {
    const at = entry.indexOf('=');
    const name = at < 0 ? entry : entry.slice(0, at);
    if (name === '')
      return problem('bad-env', `--env ${entry}: a variable needs a name`, 'Write --env NAME=VALUE.');
    const value = at < 0 ? process.env[name] : entry.slice(at + 1);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
