/** Runs that were recorded: they are the same again, on every tier, with any input, from any part of the file. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Beginnings,
  boot,
  launch,
  memoryLayer,
  openRecording,
  TIERS,
  TimesliceError,
} from '../../src/api/index.ts';
import { hostLayer, type Layer } from '../../src/host-node/index.ts';
import { record, replay } from '../recording.ts';

const sh = (script: string) => ['sh', '-c', script];

const same = async (run: Awaited<ReturnType<typeof record>>) => {
  const { output, exitCode, hash, events } = run;
  expect(await replay(run.bytes)).toEqual({ output, exitCode, hash, events });
};

test('a recorded run is the same again: output, status, state, events', async () => {
  const run = await record(sh('cat; ls / | wc; nothing; exit 3'), ['one\n', 'two\n']);
  await same(run);
  const { info } = await openRecording(run.bytes);
  expect(info).toMatchObject({ broken: null, end: { why: 'closed', status: 0x300 } });
  expect(info.programs[0]!.argv).toEqual(sh('cat; ls / | wc; nothing; exit 3'));
});

const command = fc.constantFrom(
  'read x; echo got $x',
  'ls / | wc',
  'cat | wc &',
  'echo $((6*7)) >/tmp/f; cat /tmp/f',
  'sleep 0.01 & wait',
  '(read a; echo sub $a; exit 2); echo $?',
  'fork',
  'family',
  'kill -9 $$',
  'head -n 1',
);

test('random scripts with random input are the same again, on every tier and 1 to 4 processors', async () => {
  const scene = fc.record({
    script: fc.array(command, { minLength: 1, maxLength: 4 }).map((words) => words.join('\n')),
    chunks: fc.array(fc.stringMatching(/^[a-z\n]{1,12}$/), { maxLength: 4 }),
    cpus: fc.integer({ min: 1, max: 4 }),
    tier: fc.constantFrom(...TIERS),
    seed: fc.nat(1000),
    switchCost: fc.constantFrom(0, 700),
    warp: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ script, chunks, ...options }) => {
      const run = await record(sh(script), chunks, {
        ...options,
        quantum: 50_000,
        maxInstructions: 30_000_000,
      });
      await same(run);
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('events of all kinds have the same numbers on every tier', async () => {
  const told = new Set<string>();
  for (const tier of TIERS) {
    const machine = await boot({ tier, cpus: 2, seed: 3, events: 'all', disk: 100_000 });
    const program = machine.spawn(['sh', '-c', 'ls / | wc; family; fork; echo hi >/tmp/x; cat /tmp/x']);
    await Promise.all([program.stdout.text(), program.wait()]);
    const lines = machine.events().map((event) => JSON.stringify(machine.eventJson(event)));
    machine.close();
    expect(lines.length).toBeGreaterThan(300);
    told.add(lines.join('\n'));
  }
  expect(told.size).toBe(1);
});

describe('what is cut off or damaged', () => {
  test('a recording of any length is told for what it is, and what there is can be replayed', async () => {
    const run = await record(sh('read x; echo got $x; ls / | wc'), ['word\n']);
    const lengths = new Set<number>();
    for (let length = 0; length <= run.bytes.length; length++) {
      const opened = await openRecording(run.bytes.slice(0, length)).catch((error: unknown) => error);
      if (opened instanceof TimesliceError)
        expect(['no-recording', 'empty-recording', 'damaged-recording']).toContain(opened.code);
      else {
        const { info } = opened as Awaited<ReturnType<typeof openRecording>>;
        expect(info.broken).toBe(length === run.bytes.length ? null : 'cut off');
        if (lengths.has(info.retired * 1000 + info.programs.length)) continue;
        lengths.add(info.retired * 1000 + info.programs.length);
        const again = await replay(run.bytes.slice(0, length));
        expect(run.output.startsWith(again.output)).toBe(true);
      }
    }
    expect(lengths.size).toBeGreaterThan(1);
  }, 30_000);

  test('no changed byte goes unnoticed or crashes', async () => {
    const { bytes } = await record(sh('echo hi'), []);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 0x55;
      const opened = await openRecording(changed).catch((error: unknown) => error);
      if (opened instanceof TimesliceError) expect(opened.hint).not.toBe('');
      else expect((opened as Awaited<ReturnType<typeof openRecording>>).info.broken).not.toBe(null);
    }
  });

  test('another version and another image are named', async () => {
    const { bytes } = await record(sh('echo hi'), []);
    const later = bytes.slice();
    later[8] = 9;
    await expect(openRecording(later)).rejects.toMatchObject({ code: 'recording-version' });
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain('tiny:');
    await expect(openRecording(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'no-recording' });
  });
});

describe('any moment', () => {
  test('the machine stands where it stood at that event, and at that time', async () => {
    const run = await record(sh('ls / | wc; sleep 0.02; echo end'), [], { cpus: 2 });
    const recording = await openRecording(run.bytes);
    const forks = recording.events({ kinds: ['fork'] });
    expect(forks.length).toBeGreaterThan(1);
    for (const { seq, at, fields } of forks) {
      const there = await recording.at({ event: seq });
      // The call that forks returns at the same instant.
      expect(there.nextEvent - seq).toBeLessThan(4);
      expect(there.time).toBe(at);
      expect(there.inspect().processes.some(({ pid }) => pid === fields['child'])).toBe(true);
    }
    const before = await recording.at(forks[0]!.at - 1);
    expect(before.inspect().processes.some(({ pid }) => pid === forks[0]!.fields['child'])).toBe(false);
    const middle = Math.floor(recording.info.time / 2);
    const [once, twice] = [await recording.at(middle), await recording.at(middle)];
    expect(once.stateHash()).toBe(twice.stateHash());
    expect(once.events().every(({ at }) => at <= middle)).toBe(true);
    const end = await recording.at('end');
    expect(end.stateHash()).toBe(run.hash);
    expect(end.pcb(1)).toBeDefined();
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e18, { event: -1 }, { event: 1e9 }, { event: 0.5 }])(
    '%j is no moment of the run',
    async (moment) => {
      const { bytes } = await record(sh('echo hi'), []);
      const recording = await openRecording(bytes);
      await expect(recording.at(moment)).rejects.toMatchObject({ code: 'bad-moment' });
    },
  );
});

describe('what is of the host', () => {
  test('a folder that changes afterwards is as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeslice-record-'));
    try {
      writeFileSync(join(folder, 'a'), 'old a\n');
      writeFileSync(join(folder, 'gone'), 'gone\n'.repeat(5000));
      const layer = hostLayer(folder) as Layer;
      const run = await record(sh('cat /data/a /data/gone | wc; ls -l /data; cat /data/a'), [], {
        mounts: { '/data': layer },
      });
      writeFileSync(join(folder, 'a'), 'another and longer\n');
      writeFileSync(join(folder, 'new'), 'new\n');
      rmSync(join(folder, 'gone'));
      await same(run);
      expect(run.output).toContain('old a');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a caller's own files come along whole", async () => {
    const mine = memoryLayer('mine', { '/deep/file': 'made up\n', '/link': { link: 'deep/file' } });
    const run = await record(sh('cat /data/link; ls -l /data'), [], { mounts: { '/data': mine } });
    await same(run);
  });
});

test('keys, resizes and real time at a terminal are the same again', async () => {
  const pieces: Uint8Array[] = [];
  const { machine, program } = await launch(['sh'], {
    stdin: 'console',
    stdout: 'console',
    stderr: 'console',
    warp: false,
    window: { rows: 30, columns: 90 },
    record: (bytes) => pieces.push(bytes.slice()),
  });
  const screen = machine.console.output.text();
  for (const keys of ['echo one\r', 'sleep 0.05; echo two\r', 'cat\r', 'typed\r', '\x03', 'exit 5\r']) {
    machine.console.write(keys);
    machine.console.resize(30, 90 + keys.length);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const { exitCode } = await program.wait();
  const hash = machine.stateHash();
  machine.close();
  const again = await replay(new Uint8Array(Buffer.concat(pieces)));
  expect(again).toMatchObject({ output: await screen, exitCode, hash });
  expect(exitCode).toBe(5);
});

test('a warm start gives the recording that a cold one gives', async () => {
  const kept = new Map<string, Uint8Array>();
  const beginnings: Beginnings = {
    load: (key) => kept.get(key.join()),
    save: (key, bytes) => void kept.set(key.join(), bytes.slice()),
    forget: (key) => void kept.delete(key.join()),
    digest: (all) => all.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest('hex'),
  };
  const script = sh('i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; read x; echo got $x');
  const cold = await record(script, ['one\n'], { beginnings });
  const warm = await record(script, ['one\n'], { beginnings });
  expect([cold.isWarm, warm.isWarm]).toEqual([false, true]);
  const [first, second] = [await openRecording(cold.bytes), await openRecording(warm.bytes)];
  expect(second.events()).toEqual(first.events());
  expect(second.info).toEqual(first.info);
  await same(warm);
});

test('a run that meets a limit meets it again', async () => {
  const pieces: Uint8Array[] = [];
  const { program } = await launch(sh('while true; do echo x; done'), {
    maxInstructions: 5_000_000,
    record: (bytes) => pieces.push(bytes.slice()),
  });
  const output = program.stdout.text().catch(() => 'failed');
  await expect(program.wait()).rejects.toMatchObject({ code: 'limit-instructions' });
  expect(await output).toBe('failed');
  const recording = await openRecording(new Uint8Array(Buffer.concat(pieces)));
  const { ended, stopped } = await recording.replay({ isVerified: true });
  expect({ ended, stopped }).toMatchObject({
    ended: null,
    stopped: { sentence: 'stopped after 5000000 instructions, its limit' },
  });
});

test('a watcher gets every event once, and is told of those it comes too late for', async () => {
  const machine = await boot({ seed: 1 });
  const seqs: number[] = [];
  let dropped = 0;
  const stop = machine.watch(
    (batch) => {
      seqs.push(...batch.records.map(({ seq }) => seq));
      dropped += batch.dropped;
    },
    { kinds: ['processes', 'page-fault'] },
  );
  const program = machine.spawn(['sh', '-c', 'i=0; while [ $i -lt 300 ]; do ls >/tmp/x; i=$((i+1)); done']);
  await program.wait();
  stop();
  const kept = machine.events({ kinds: ['processes', 'page-fault'] }).map(({ seq }) => seq);
  expect(dropped).toBe(0);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(seqs.slice(-kept.length)).toEqual(kept);
  expect(() => machine.watch(() => {}, { kinds: ['nonsense'] })).toThrow(
    'there is no kind of event "nonsense"',
  );
  machine.close();
});

test('a policy that comes with a recording runs only for who trusts it', async () => {
  const policy = { name: 'mine', source: 'exports.policy = { ready: () => 1 };' };
  const run = await record(sh('ls / | wc'), [], { policy });
  const untrusted = await openRecording(run.bytes);
  await expect(untrusted.at('end')).rejects.toMatchObject({ code: 'foreign-policy' });
  const { hash } = await replay(await openRecording(run.bytes, { trustsPolicy: true }));
  expect(hash).toBe(run.hash);
});
