/** `timeslice run`: a program of the guest, or a file of this computer, from start to exit status. */
import type { Command } from 'commander';
import { isProblem, type Problem } from '../base/index.ts';
import type { BootOptions } from '../host-node/index.ts';
import { type ChosenImage, chooseImage } from './choose-image.ts';
import { addKeepFlags, type KeepFlags, kept } from './keep.ts';
import { langOption, languageFor } from './language.ts';
import { addMachineFlags, type MachineFlags, readEnvironment, readNumbers } from './machine-flags.ts';
import { withPolicy } from './policy-flag.ts';
import { GUEST_PATH, planProgram } from './program.ts';
import { complain } from './say.ts';
import { type Observer, runSession, type Session, streamsOf } from './session.ts';
import { readTraceFilters, traceOption } from './trace-flag.ts';
import { makeVisible } from './visible.ts';

export interface RunFlags extends MachineFlags, KeepFlags {
  readonly trace?: readonly string[];
  readonly traceSummary?: boolean;
  readonly summary?: boolean;
  readonly heap?: boolean;
  readonly explain?: boolean;
  readonly lang?: string;
}

/** Adds the command. */
export function register(program: Command): void {
  addKeepFlags(addMachineFlags(program.command('run')))
    .description('run a riscv64 Linux program, or a script')
    .argument('<program>', 'a program of the image, or a path of this computer to an ELF or a script')
    .argument('[arg...]', 'its arguments')
    .addOption(traceOption())
    .option(
      '--trace-summary',
      'print how often and how long system calls were made, as strace -c does (virtual time, waits included)',
    )
    .option('--summary', 'print the process tree and a timeline at the end')
    .option('--heap', 'print at the end how the heaps grew, and what was never freed')
    .option('--explain', 'of a Python file: tell along the way what the kernel does for each line')
    .addOption(langOption())
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  timeslice run --image tiny fork\n  timeslice run --cpus 2 --summary examples/family.py\n' +
        "  timeslice run --trace=clone,wait4 bash -c 'sleep 1 & wait'\n" +
        '  timeslice run --explain --lang ko examples/called_too_early.py\n' +
        '  timeslice run --trace=%file --trace=status=failed --trace=signal=none python3 hello.py\n' +
        '  timeslice run --record family.tsrec --events family.jsonl examples/family.py\n\n' +
        'A filter of --trace is what strace -e takes: names, /REGEX, %CLASS (%file %process %network %signal %ipc %desc\n' +
        '%memory %creds %clock %pure), all, none, ! for all but these; signal=NAME,… and status=successful|failed|unfinished\n' +
        'choose signals and results. It may be given several times.\n\n' +
        "The exit status is the program's, 128+n for signal n; 125 is an error of ours, 126 a program that cannot\n" +
        'be executed, 127 one that is not there.\n',
    )
    .action((name: string, args: string[], flags: RunFlags) => runProgram([name, ...args], flags));
}

/** Runs a program as the flags say; ends this process. */
export async function runProgram(
  words: readonly [string, ...string[]],
  flags: RunFlags,
  system?: { readonly image: ChosenImage; readonly isFirst: boolean },
): Promise<void> {
  const image = system?.image ?? chooseImage(flags.image);
  const session = isProblem(image) ? image : await plan(words, image, flags);
  if (isProblem(session)) {
    complain(session);
    return;
  }
  const observers: Observer[] = [];
  if (flags.traceSummary) observers.push((await import('./call-table.ts')).countCalls(process.stderr));
  if (flags.summary) observers.push((await import('./summary.ts')).summarize(process.stderr));
  if (flags.heap) observers.push((await import('./heap.ts')).watchHeap(process.stderr, languageFor(flags)));
  if (flags.explain) {
    const { explain, pythonFile } = await import('./explain.ts');
    const file = pythonFile(session.argv, session.cwd);
    if (isProblem(file)) {
      complain(file);
      return;
    }
    observers.push(explain(process.stderr, file, languageFor(flags)));
  }
  const isWatched = flags.traceSummary === true || flags.heap === true || flags.explain === true;
  const isCold = session.isCold === true || isWatched;
  const whole = kept({ ...session, observers }, flags);
  if (isProblem(whole)) {
    complain(whole);
    return;
  }
  await runSession({ ...whole, isCold, isFirst: system?.isFirst ?? false });
}

async function plan(
  words: readonly [string, ...string[]],
  image: ChosenImage,
  flags: RunFlags,
): Promise<Session | Problem> {
  const numbers = await withPolicy(readNumbers(flags), flags.policy);
  if (isProblem(numbers)) return numbers;
  const given = readEnvironment(flags.env ?? []);
  if (isProblem(given)) return given;
  const trace = readTrace(flags);
  if (isProblem(trace)) return trace;
  const program = planProgram(words, image, flags.host);
  if (isProblem(program)) return program;
  const visible = makeVisible(image, program.hostFiles, flags);
  if (isProblem(visible)) return visible;
  const { layers, mounts, cwd, writable } = visible;
  const warp = flags.warp ?? !streamsOf().hasConsole;
  const options: BootOptions = {
    ...numbers,
    ...trace,
    warp,
    stopsInDeadlock: true,
    image: layers,
    mounts,
  };
  const env = { ...guestEnvironment(numbers.user ?? 0), ...given };
  // What is traced must happen.
  const isCold = flags.cold === true || flags.trace !== undefined;
  const isTimeFixed = flags.epoch !== undefined;
  return { options, argv: program.argv, env, cwd, writable, isCold, isTimeFixed };
}

/** What a login would set. The terminal's kind is this one's. */
export function guestEnvironment(user: number): Record<string, string> {
  const terminal = streamsOf().hasConsole ? { TERM: process.env['TERM'] ?? 'xterm' } : {};
  return { PATH: GUEST_PATH, HOME: user === 0 ? '/root' : '/', LANG: 'C.UTF-8', ...terminal };
}

function readTrace({ trace }: RunFlags): Pick<BootOptions, 'trace' | 'traceChoice'> | Problem {
  if (trace === undefined) return {};
  const traceChoice = readTraceFilters(trace);
  if (isProblem(traceChoice)) return traceChoice;
  const isRaw = streamsOf().hasConsole && process.stdin.isTTY;
  const write = (text: string) => void process.stderr.write(isRaw ? text.replaceAll('\n', '\r\n') : text);
  return { trace: write, traceChoice };
}
