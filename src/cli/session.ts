/** One program in one machine, connected to this terminal or these pipes, from start to exit status. */
import { defaultAction, SIGNAL, type SignalName } from '../abi/index.ts';
import {
  type BootOptions,
  cacheFolder,
  connectTerminal,
  copyIn,
  copyOut,
  type Ended,
  launch,
  listenToHints,
  type Machine,
  type Process,
  type SpawnOptions,
  type StoredBeginnings,
  storedBeginnings,
  TimesliceError,
  twice,
  windowSize,
  writeBack,
} from '../host-node/index.ts';
import { complain, EXIT, say } from './say.ts';
import type { Writable } from './visible.ts';

export interface Session {
  readonly options: BootOptions;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What the guest changes there is written back when the program has ended, however it ended. */
  readonly writable: Writable;
  readonly observers?: readonly Observer[];
  /** The time was given, so it is the same in the next run. */
  readonly isTimeFixed?: boolean;
  /** The program is the first process of the machine, and the terminal its console. */
  readonly isFirst?: boolean;
  /** Run from the very start, and keep nothing for the next run. */
  readonly isCold?: boolean;
}

/** Told of the machine before its program starts, and when it has ended. */
export interface Observer {
  onBoot(machine: Machine): void;
  onEnd(machine: Machine, pid: number): void;
}

/** 128 + SIGINT: what this program ends with when somebody insists. */
const INTERRUPTED = 130;

/** Which of the guest's streams are the console: those that are a terminal here. */
export function streamsOf(): { readonly hasConsole: boolean; readonly streams: SpawnOptions } {
  const { stdin, stdout, stderr } = process;
  const hasConsole = stdout.isTTY || stderr.isTTY;
  const kind = (stream: { isTTY?: boolean }) => (hasConsole && stream.isTTY ? 'console' : 'pipe');
  return { hasConsole, streams: { stdin: kind(stdin), stdout: kind(stdout), stderr: kind(stderr) } };
}

/** Runs the program and ends this one with its exit status. */
export async function runSession(session: Session): Promise<never> {
  const beginnings = session.isCold ? undefined : storedBeginnings(cacheFolder());
  try {
    process.exitCode = await play(session, beginnings);
  } catch (error) {
    if (!(error instanceof TimesliceError)) throw error;
    complain(error.problem);
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr), beginnings?.flush()]);
  process.exit();
}

async function play(session: Session, beginnings: StoredBeginnings | undefined): Promise<number> {
  const { options, argv, env, cwd, writable, observers = [], isTimeFixed = false, isFirst = false } = session;
  const { hasConsole, streams } = streamsOf();
  listenToHints();
  const { machine, program } = await launch(argv, {
    ...options,
    ...streams,
    env,
    cwd,
    isTimeFixed,
    isFirst,
    ...(hasConsole && { window: windowSize() }),
    ...(beginnings && { beginnings }),
    prepare: (made) => {
      for (const observer of observers) observer.onBoot(made);
    },
  });
  const keep = keeper(machine, writable);
  const giveUp = (status = INTERRUPTED) => {
    machine.close();
    keep();
    process.exit(status);
  };
  const disconnect = hasConsole ? connectTerminal(machine.console, giveUp) : () => {};
  passSignals(machine, program, giveUp);
  if (streams.stdin === 'pipe') void copyIn(process.stdin, program.stdin);
  const copies = startCopies(machine, program);
  let ended: Ended;
  let isKept = true;
  try {
    ended = await program.wait();
  } finally {
    machine.close();
    await Promise.allSettled(copies);
    disconnect();
    isKept = keep();
    for (const observer of observers) observer.onEnd(machine, program.pid);
  }
  tellEnd(machine, argv[0]!, ended);
  return isKept ? ended.exitCode : EXIT.ours;
}

function startCopies(machine: Machine, program: Process): Promise<void>[] {
  const screen = process.stdout.isTTY ? process.stdout : process.stderr;
  return [
    copyOut(machine.console.output, screen),
    copyOut(program.stdout, process.stdout),
    copyOut(program.stderr, process.stderr),
  ];
}

/**
 * Writes back what the guest changed, once: whoever insists may come while that is done already. False when
 * something could not be written, which has then been said.
 */
function keeper(machine: Machine, writable: Writable): () => boolean {
  const left = new Map(Object.entries(writable));
  return () => {
    let isKept = true;
    for (const [guest, folder] of left) {
      left.delete(guest);
      const found = writeBack(machine, guest, folder);
      if (found !== null) complain(found);
      isKept &&= found === null;
    }
    return isKept;
  };
}

/** Signals that somebody sends to this program are for the guest's. The second Ctrl-C in a second is for this one. */
function passSignals(machine: Machine, program: Process, giveUp: (status?: number) => void): void {
  const isSecond = twice();
  process.on('SIGINT', () => {
    if (isSecond()) giveUp();
    else signalGroup(machine, program.pid, SIGNAL.SIGINT);
  });
  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    const isSecondOfThese = twice();
    process.on(name, () => {
      if (isSecondOfThese()) giveUp(128 + SIGNAL[name]);
      else program.kill(name);
    });
  }
}

/** As a terminal does: every process of the foreground group gets it. */
function signalGroup(machine: Machine, pgid: number, signo: number): void {
  for (const process of machine.inspect().processes)
    if (process.pgid === pgid && process.state === 'live') machine.kill(process.pid, signo);
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => (stream.writable ? stream.write('', () => resolve()) : resolve()));

/** What a user would wonder about: a crash, and processes that had to go because memory was exhausted. */
function tellEnd(machine: Machine, name: string, { signal }: Ended): void {
  for (const event of machine.events({ kinds: ['oom-kill'] })) {
    say(`memory was exhausted: ${machine.eventText(event)}`);
    say('If it needs that much, give the machine more (--memory 1G).');
  }
  const signo = signal === null ? 0 : (SIGNAL[signal as SignalName] ?? 0);
  if (signo !== 0 && defaultAction(signo) === 'core') say(`${name} was ended by ${signal}`);
}
