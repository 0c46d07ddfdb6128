/** Recordings of Debian programs: CPython with fork and threads and a script of the host, and an interactive bash. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launch, type OpenRecordingOptions } from '../../src/api/index.ts';
import { hostLayer, type Layer } from '../../src/host-node/index.ts';
import { record, replay } from '../recording.ts';
import { describeDebian, imageOf } from './image.ts';

const SCRIPT = `
import os, sys, threading, time
print('hello', sys.stdin.readline().strip(), time.time() > 0, flush=True)
found = []
threads = [threading.Thread(target=found.append, args=(i,)) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
pid = os.fork()
if pid == 0: os._exit(7)
print(sorted(found), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.urandom(4).hex())
sys.exit(4)
`;

const env = { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8', TERM: 'xterm' };

describeDebian('recordings of Debian programs', () => {
  const options = (): OpenRecordingOptions => ({ openLayer: () => imageOf('debian')!.layers[0]! });

  test('CPython forks, has threads, and reads a script of the host that is another one afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeslice-record-'));
    try {
      writeFileSync(join(folder, 'family.py'), SCRIPT);
      const image = imageOf('debian')!;
      const mounts = { '/work': hostLayer(folder) as Layer };
      const run = await record(['python3', '/work/family.py'], ['world\n'], { image, mounts, env, cpus: 2 });
      expect(run.output).toContain('hello world True\n[0, 1, 2] 7');
      rmSync(join(folder, 'family.py'));
      const { output, exitCode, hash, events } = run;
      expect(await replay(run.bytes, options())).toEqual({ output, exitCode, hash, events });
      expect(exitCode).toBe(4);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  test('an interactive bash with jobs', async () => {
    const pieces: Uint8Array[] = [];
    const { machine, program } = await launch(['bash', '--norc'], {
      image: imageOf('debian')!,
      env,
      stdin: 'console',
      stdout: 'console',
      stderr: 'console',
      warp: false,
      record: (bytes) => pieces.push(bytes.slice()),
    });
    let screen = '';
    const type = async (keys: string, answer: string) => {
      const from = screen.length;
      machine.console.write(keys);
      while (!screen.slice(from).includes(answer)) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const decoder = new TextDecoder();
    const shown = (async () => {
      for await (const bytes of machine.console.output) screen += decoder.decode(bytes, { stream: true });
    })();
    await type('sleep 9 & jobs\r', 'Running');
    await type('cat\r', 'cat\r\n');
    await type('typed\r', 'typed\r\ntyped\r\n');
    await type('\x1a', 'Stopped');
    await type('kill %1 %2; wait\r', 'Terminated');
    await type('exit 6\r', 'exit');
    const { exitCode } = await program.wait();
    const hash = machine.stateHash();
    machine.close();
    await shown;
    const again = await replay(new Uint8Array(Buffer.concat(pieces)), options());
    expect(again).toMatchObject({ output: screen, exitCode, hash });
  }, 60_000);
});
