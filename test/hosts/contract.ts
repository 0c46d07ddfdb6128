/**
 * What the library does on every host. Each scene is a function of the library alone, so that the same one runs
 * in Node and, as text, in a browser; what it gives must be what is expected, and the same everywhere.
 */
import type * as library from '../../src/api/index.ts';

export type Library = typeof library;

export interface Scene {
  readonly name: string;
  readonly play: (api: Library) => Promise<unknown>;
  /** Left out where only the sameness on all hosts counts. */
  readonly expected?: unknown;
}

export const SCENES: readonly Scene[] = [
  {
    name: 'a program runs, its output comes, its status is told',
    async play({ boot }) {
      const machine = await boot();
      const process = machine.spawn(['sh', '-c', 'echo $((6 * 7)); echo oops >&2; exit 3']);
      const [out, err] = await Promise.all([process.stdout.text(), process.stderr.text()]);
      const ended = await process.wait();
      machine.close();
      return { out, err, ended };
    },
    expected: { out: '42\n', err: 'oops\n', ended: { status: 3, signal: null, exitCode: 3 } },
  },
  {
    name: 'the same program leaves the same state',
    async play({ boot }) {
      const hashes: string[] = [];
      let told = '';
      for (let i = 0; i < 2; i++) {
        const machine = await boot({ cpus: 2, seed: 7, quantum: 20_000 });
        const process = machine.spawn(['family'], { stderr: 'stdout' });
        told = (await process.stdout.text()) ?? '';
        await process.wait();
        hashes.push(machine.stateHash());
        machine.close();
      }
      return { isSame: hashes[0] === hashes[1], hash: hashes[0], told };
    },
  },
  {
    name: 'several programs share one machine, and orphans find a parent',
    async play({ boot }) {
      const machine = await boot();
      const first = machine.spawn(['sh', '-c', 'echo kept > /tmp/file; spin >/dev/null &']);
      await first.wait();
      const orphan = machine.inspect().processes.find(({ pid, ppid }) => ppid === 1 && pid !== first.pid);
      const second = machine.spawn(['cat', '/tmp/file']);
      const out = await second.stdout.text();
      machine.close();
      return { out, pids: [first.pid, orphan?.pid, second.pid], parent: orphan?.ppid };
    },
    expected: { out: 'kept\n', pids: [2, 3, 4], parent: 1 },
  },
  {
    name: 'input is written and ended',
    async play({ boot }) {
      const machine = await boot();
      const process = machine.spawn(['tr', 'a-z', 'A-Z'], { stdin: 'pipe' });
      process.stdin.write('hello, ');
      process.stdin.end('world\n');
      const out = await process.stdout.text();
      machine.close();
      return out;
    },
    expected: 'HELLO, WORLD\n',
  },
  {
    name: 'a spinning program can be killed, and the signal is told',
    async play({ boot }) {
      const machine = await boot();
      const process = machine.spawn(['spin']);
      setTimeout(() => process.kill('SIGTERM'), 30);
      const ended = await process.wait();
      machine.close();
      return ended;
    },
    expected: { status: null, signal: 'SIGTERM', exitCode: 143 },
  },
  {
    name: 'an abort signal stops a spinning machine',
    async play({ boot }) {
      const stop = new AbortController();
      const machine = await boot({ signal: stop.signal });
      const process = machine.spawn(['spin']);
      setTimeout(() => stop.abort(), 30);
      return process.wait().then(
        () => 'ended',
        (error) => error.code,
      );
    },
    expected: 'aborted',
  },
  {
    name: 'limits stop the machine and say which',
    async play({ boot }) {
      const codes: string[] = [];
      const limits = [{ maxInstructions: 100_000 }, { virtualTimeout: 1_000_000 }, { maxOutput: 10_000 }];
      for (const limit of limits) {
        const machine = await boot(limit);
        const process = machine.spawn(['yes']);
        const reading = process.stdout.text().catch((error) => codes.push(error.code));
        await process.wait().catch((error) => codes.push(error.code));
        await reading;
      }
      return codes;
    },
    expected: [
      'limit-instructions',
      'limit-instructions',
      'limit-time',
      'limit-time',
      'limit-output',
      'limit-output',
    ],
  },
  {
    name: 'whoever stops reading breaks the pipe, and who reads slowly loses nothing',
    async play({ boot }) {
      const machine = await boot();
      const endless = machine.spawn(['yes']);
      for await (const chunk of endless.stdout) if (chunk.length > 0) break;
      const broken = await endless.wait();
      const much = machine.spawn(['seq', '200000']);
      let size = 0;
      for await (const chunk of much.stdout) {
        size += chunk.length;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      machine.close();
      return { broken: broken.signal, size };
    },
    expected: { broken: 'SIGPIPE', size: 1_288_895 },
  },
  {
    name: 'the console is a terminal with a line discipline',
    async play({ boot }) {
      const machine = await boot();
      machine.console.resize(30, 100);
      const process = machine.spawn(
        ['sh', '-c', 'stty -a | cut -d \\; -f 1-2 | head -1; read line; echo got $line; spin'],
        {
          stdin: 'console',
          stdout: 'console',
          stderr: 'console',
        },
      );
      let screen = '';
      const shown = (async () => {
        for await (const chunk of machine.console.output) {
          screen += new TextDecoder().decode(chunk);
          if (screen.includes('got')) machine.console.write('\x03');
        }
      })();
      machine.console.write('abd\x7fc\r');
      const ended = await process.wait();
      machine.close();
      await shown;
      return { signal: ended.exitCode, screen };
    },
    expected: { signal: 130, screen: 'abd\b \bc\r\nrows 30; columns 100\r\ngot abc\r\n^C' },
  },
  {
    name: 'without warp, sleeping takes real time; with it, only virtual time',
    async play({ boot }) {
      const took: number[] = [];
      for (const warp of [true, false]) {
        const machine = await boot({ warp });
        const began = performance.now();
        await machine.spawn(['sleep', '2']).wait();
        took.push(performance.now() - began);
        machine.close();
      }
      return took.map((milliseconds) => milliseconds >= 1995);
    },
    expected: [false, true],
  },
  {
    name: 'what a user does wrong has a code, a sentence and a hint',
    async play({ boot, TimesliceError }) {
      const told: unknown[] = [];
      const tell = (error: unknown) => {
        if (error instanceof TimesliceError) told.push([error.code, error.message, error.hint]);
      };
      await boot({ cpus: 0 }).catch(tell);
      const machine = await boot();
      try {
        machine.spawn(['nothing']);
      } catch (error) {
        tell(error);
      }
      machine.close();
      try {
        machine.spawn(['true']);
      } catch (error) {
        tell(error);
      }
      return told;
    },
    expected: [
      ['bad-option', 'cpus cannot be 0', 'Give a whole number from 1 to 32.'],
      ['not-found', 'nothing: not found in the machine', 'Give the path of a program, or another --image.'],
      ['closed', 'the machine has been closed', 'Boot another one.'],
    ],
  },
  {
    name: 'views are plain data, events have words, files can be made up',
    async play({ boot, memoryLayer }) {
      const machine = await boot({
        mounts: {
          '/data': memoryLayer('mine', { '/deep/file': 'made up\n', '/link': { link: 'deep/file' } }),
        },
      });
      const process = machine.spawn(['cat', '/data/link']);
      const out = await process.stdout.text();
      await process.wait();
      const view = JSON.parse(JSON.stringify(machine.inspect()));
      const words = machine.events({ kinds: ['exec'] }).map((event) => machine.eventText(event));
      machine.close();
      return { out, pids: view.processes.map((each: { pid: number }) => each.pid), words };
    },
    expected: { out: 'made up\n', pids: [1], words: ['executes /run/init', 'executes /bin/tiny'] },
  },
  {
    name: 'a recorded run is the same again, and stands at any moment',
    async play({ launch, openRecording }) {
      const pieces: number[] = [];
      const { machine, program } = await launch(['sh', '-c', 'read x; echo got $x; ls / | wc; exit 3'], {
        stdin: 'pipe',
        record: (bytes) => void pieces.push(...bytes),
      });
      program.stdin.end('word\n');
      const out = await program.stdout.text();
      await program.wait();
      const hash = machine.stateHash();
      machine.close();
      const recording = await openRecording(Uint8Array.from(pieces));
      let told = '';
      const { ended } = await recording.replay({
        isVerified: true,
        onOutput: (_, bytes) => {
          told += String.fromCharCode(...bytes);
        },
      });
      const [fork] = recording.events({ kinds: ['fork'] });
      const there = await recording.at({ event: fork!.seq });
      const isThere = there.inspect().processes.some(({ pid }) => pid === fork!.fields['child']);
      const isSame = recording.info.end?.hash === hash && told === out;
      return { isSame, isThere, status: ended?.exitCode, line: out.split('\n')[0] };
    },
    expected: { isSame: true, isThere: true, status: 3, line: 'got word' },
  },
];
