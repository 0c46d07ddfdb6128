/** Runs that were recorded: they are the same again, on every tier, with any input, from any part of the file. */
import { expect, test } from 'vitest';
import { type BootOptions, launch, openRecording } from '../../src/api/index.ts';

const joined = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/** Runs a script of the tiny shell with chunks of input, and records it. */
async function record(script: string, chunks: readonly string[], options: BootOptions = {}) {
  const pieces: Uint8Array[] = [];
  const { machine, program } = await launch(['sh', '-c', script], {
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
  const hash = machine.stateHash();
  machine.close();
  return { bytes: joined(pieces), output: (await output).join('--'), exitCode, hash, machine };
}

const textOf = (taken: readonly (readonly [string, Uint8Array])[]) =>
  ['stdout', 'stderr']
    .map((wanted) =>
      Buffer.concat(taken.filter(([stream]) => stream === wanted).map(([, b]) => b)).toString(),
    )
    .join('--');

test('a recorded run is the same again: output, status, state, events', async () => {
  const run = await record('cat; ls / | wc; nothing; exit 3', ['one\n', 'two\n']);
  const recording = await openRecording(run.bytes);
  expect(recording.info).toMatchObject({ broken: null, end: { why: 'closed', status: 0x300 } });
  expect(recording.info.programs[0]!.argv[0]).toBe('sh');
  const taken: [string, Uint8Array][] = [];
  const { ended, machine } = await recording.replay({
    isVerified: true,
    onOutput: (stream, bytes) => taken.push([stream, bytes]),
  });
  expect(textOf(taken)).toBe(run.output);
  expect(ended?.exitCode).toBe(3);
  expect(machine.stateHash()).toBe(recording.info.end!.hash);
  expect(recording.events().map((e) => recording.eventText(e))).toEqual(
    run.machine.events().map((e) => run.machine.eventText(e)),
  );
});
