/** `timeslice replay`: a recorded run again, byte for byte, to its end or to any moment. */
import type { Command } from 'commander';
import { isProblem, safe } from '../base/index.ts';
import {
  type OutputTaker,
  openRecording,
  type Recording,
  type Replayed,
  TimesliceError,
} from '../host-node/index.ts';
import { inTime } from '../views/index.ts';
import { parseMoment } from './moment.ts';
import { complain, EXIT, say } from './say.ts';

interface Flags {
  readonly until?: string;
  readonly verify?: boolean;
  readonly info?: boolean;
  readonly events?: boolean;
  readonly json?: boolean;
  readonly trustPolicy?: boolean;
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('replay')
    .description('run a recording again, and print what its programs printed')
    .argument('<recording>', 'a file that `timeslice run --record FILE` wrote')
    .option('--until <moment>', 'stop at a virtual time (12ms), an event (event:1830), or the end')
    .option('--verify', 'compare every event, and the state where its hash was kept')
    .option('--info', 'tell what is in the recording, and run nothing')
    .option('--events', 'print the events in it, and run nothing')
    .option(
      '--trust-policy',
      'run the scheduling policy that is in the recording: a program, with your rights',
    )
    .option('--json', 'with --info or --events: as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  timeslice run --record family.tsrec examples/family.py\n  timeslice replay family.tsrec\n' +
        '  timeslice replay --verify family.tsrec\n  timeslice replay --until event:1830 family.tsrec\n' +
        '  timeslice replay --info --json family.tsrec\n\n' +
        "The exit status is the recorded program's. Nothing of this computer is looked at but the image, which must\n" +
        'be the same: what the run saw of this computer is in the recording (docs/recordings.md).\n',
    )
    .action(replay);
}

async function replay(file: string, flags: Flags): Promise<void> {
  try {
    const recording = await openRecording(file, { trustsPolicy: flags.trustPolicy === true });
    if (flags.info) process.stdout.write(infoText(recording, flags.json === true));
    else if (flags.events) printEvents(recording, flags.json === true);
    else await play(recording, flags);
  } catch (error) {
    if (!(error instanceof TimesliceError)) throw error;
    complain(error.problem);
  }
}

async function play(recording: Recording, { until = 'end', verify = false }: Flags): Promise<void> {
  const moment = parseMoment('--until', until);
  if (isProblem(moment)) {
    complain(moment);
    return;
  }
  process.stdout.on('error', () => process.exit());
  const screen = recording.info.programs[0]?.stdout === 'console' ? process.stdout : process.stderr;
  const streams = { stdout: process.stdout, stderr: process.stderr, console: screen } as const;
  const onOutput: OutputTaker = (stream, bytes) => void streams[stream].write(bytes);
  const replayed = await recording.replay({ until: moment, isVerified: verify, onOutput });
  if (verify) say(`the replay is as it was recorded: ${recording.info.events} events, and the state`);
  if (moment === 'end') tellEnd(recording, replayed);
  else say(`this is ${inTime(replayed.machine.time)}, event ${replayed.machine.nextEvent - 1}`);
}

function tellEnd({ info }: Recording, { ended, stopped }: Replayed): void {
  if (stopped !== null) complain(stopped);
  else if (info.broken !== null) {
    say(`the recording is ${info.broken}: it tells of the first ${inTime(info.time)} of the run`);
    process.exitCode = EXIT.ours;
  } else process.exitCode = ended?.exitCode ?? EXIT.ours;
}

function printEvents(recording: Recording, isJson: boolean): void {
  let text = '';
  const flush = () => {
    process.stdout.write(text);
    text = '';
  };
  recording.visitEvents({}, (event) => {
    if (isJson) text += `${JSON.stringify(recording.eventJson(event))}\n`;
    else
      text += `${event.seq} ${event.at} CPU ${event.cpu} task ${event.tid} ${recording.eventText(event)}\n`;
    if (text.length > 1 << 20) flush();
  });
  flush();
}

function infoText({ info }: Recording, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(info, null, 2)}\n`;
  const { programs, layers, mounts, end, broken } = info;
  const rows = [
    ...programs.map(({ argv, cwd = '/' }) => ['program', `${argv.map(safe).join(' ')} (in ${safe(cwd)})`]),
    ['recorded by', safe(info.recordedBy)],
    ...layers.map(({ id, name }) => [
      'files',
      name === null ? `${safe(id)}, as far as it was looked at` : safe(name),
    ]),
    ...mounts.map((path) => ['mount', safe(path)]),
    ['run', `${inTime(info.time)}, ${info.retired} instructions, ${info.events} events`],
    ['end', end === null ? `not in it: the recording is ${broken}` : `${end.why}, state ${end.hash}`],
  ];
  return rows.map(([name, value]) => `${name!.padEnd(12)} ${value}\n`).join('');
}
