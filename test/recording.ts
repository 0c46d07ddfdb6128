/** Recording a run in a test, and playing it again. */
import {
  type Beginnings,
  type LaunchOptions,
  launch,
  type OpenRecordingOptions,
  openRecording,
  type Recording,
} from '../src/api/index.ts';

export interface Recorded {
  readonly bytes: Uint8Array;
  /** Standard output, then standard error. */
  readonly output: string;
  readonly exitCode: number;
  readonly hash: string;
  readonly events: readonly string[];
  readonly isWarm: boolean;
}

/** Runs a program with chunks of input, between which the machine may run, and records it. */
export async function record(
  argv: readonly string[],
  chunks: readonly string[],
  options: LaunchOptions & { readonly beginnings?: Beginnings } = {},
): Promise<Recorded> {
  const pieces: Uint8Array[] = [];
  const { machine, program, isWarm } = await launch(argv, {
    ...options,
    stdin: 'pipe',
    record: (bytes) => pieces.push(bytes.slice()),
  });
  const output = Promise.all([program.stdout.text(), program.stderr.text()]);
  for (const chunk of chunks) {
    program.stdin.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  program.stdin.end();
  const { exitCode } = await program.wait();
  const told = (await output).join('');
  const [hash, events] = [machine.stateHash(), machine.events().map((event) => machine.eventText(event))];
  machine.close();
  return { bytes: new Uint8Array(Buffer.concat(pieces)), output: told, exitCode, hash, events, isWarm };
}

/** Replays a recording, compares it with what it says, and gives what came of it. */
export async function replay(
  source: Uint8Array | Recording,
  options: OpenRecordingOptions = {},
): Promise<Pick<Recorded, 'output' | 'exitCode' | 'hash' | 'events'>> {
  const recording = source instanceof Uint8Array ? await openRecording(source, options) : source;
  const told: Record<string, Uint8Array[]> = { stdout: [], stderr: [], console: [] };
  const { ended, machine } = await recording.replay({
    isVerified: true,
    onOutput: (stream, bytes) => told[stream]!.push(bytes),
  });
  const output = ['stdout', 'stderr', 'console'].map((stream) => Buffer.concat(told[stream]!).toString());
  return {
    output: output.join(''),
    exitCode: ended?.exitCode ?? -1,
    hash: machine.stateHash(),
    events: machine.events().map((event) => machine.eventText(event)),
  };
}
