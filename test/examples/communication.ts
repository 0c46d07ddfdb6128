/** Observations of how processes communicate: pipe, socket, shared memory, a race on it and the lock that mends it. */
import { expect } from 'vitest';
import type { ChannelView, PastMachine } from '../../src/api/index.ts';
import { addressIn, example, type Observations, PROGRAM, type Watched, watch } from './watch.ts';

const CHILD = 3;

/** The channel at which a task waits. */
function channelOf(machine: PastMachine, tid: number): ChannelView {
  const { channels, waits } = machine.inspect();
  const wait = waits.waits.find((each) => each.tid === tid)!;
  return channels.find(({ kind, id }) => wait.on.startsWith(kind) && id === wait.detail)!;
}

const waitsFor = (machine: PastMachine, tid: number) =>
  machine.inspect().waits.waits.find((wait) => wait.tid === tid)!;

/** Switches from one process to the other because a slice was used up. */
const interrupted = (run: Watched) =>
  run
    .of('switch')
    .filter(({ tid, from, how }) => [tid, from].sort().join() === '2,3' && /^slice/.test(String(how)));

const framesAt = (machine: PastMachine, address: number) =>
  [PROGRAM, CHILD].map((pid) => machine.pages(pid, address - (address % 4096), address + 1)![0]!);

export const communication: Readonly<Record<string, Observations>> = {
  pipe: {
    'the reader of an empty pipe waits for who holds the other end': async (run) => {
      const machine = await run.at(5);
      expect(waitsFor(machine, CHILD)).toMatchObject({ on: 'pipe-read', by: [PROGRAM] });
      expect(channelOf(machine, CHILD)).toMatchObject({ queued: 0, waiting: [CHILD] });
    },
    'the write makes it ready': (run) => {
      const write = run.first(
        'transfer',
        ({ tid, type, time }) => tid === PROGRAM && type === 'pipe' && time > 9e6,
      );
      expect(write).toMatchObject({ direction: 'write', bytes: 5 });
      expect(
        run.first('wake', ({ tid, by }) => tid === CHILD && by === PROGRAM).time - write.time,
      ).toBeLessThan(100);
    },
    'what nobody has read yet lies in the kernel': async (run) => {
      const pipes = (await run.at(25))
        .inspect()
        .channels.filter(({ kind, queued }) => kind === 'pipe' && queued > 0);
      expect(pipes.map(({ queued }) => queued)).toEqual([6]);
    },
    'a read gives 0 when no writing end is left': (run) => {
      const results = run.of('syscall-exit', CHILD).filter(({ nr }) => nr === 'read');
      expect(results.map(({ result }) => result)).toEqual([5, 6, 0]);
    },
  },
  socket: {
    'two sockets, each the peer of the other': async (run) => {
      const sockets = (await run.at(5)).inspect().channels.filter(({ kind }) => kind === 'socket');
      expect(sockets).toHaveLength(2);
      const [one, two] = sockets;
      expect([one!.peer, two!.peer]).toEqual([two!.id, one!.id]);
      expect(sockets.map(({ ends }) => ends.map(({ role }) => role))).toEqual([['both'], ['both']]);
    },
    'each waits for the other in turn': async (run) => {
      expect(waitsFor(await run.at(5), CHILD)).toMatchObject({ on: 'socket-read', by: [PROGRAM] });
      expect(waitsFor(await run.at(15), PROGRAM)).toMatchObject({ on: 'socket-read', by: [CHILD] });
    },
    'bytes go both ways': (run) => {
      const over = run.of('transfer').filter(({ type }) => type === 'socket');
      expect(over.map(({ tid, direction }) => [tid, direction])).toEqual([
        [PROGRAM, 'write'],
        [CHILD, 'read'],
        [CHILD, 'write'],
        [PROGRAM, 'read'],
      ]);
    },
  },
  'shared-name': {
    'name lies on one frame in both, also after the write': async (run) => {
      const address = addressIn(run.lines[1]!);
      for (const moment of [15, 19]) {
        const [a, b] = framesAt(await run.at(moment), address);
        expect(a).toMatchObject({ backing: 'shared', copyOnWrite: false, sharedWith: [CHILD] });
        expect(b?.frame ?? a!.frame).toBe(a!.frame);
      }
      const read = await run.at(run.first('transfer', ({ tid, type }) => tid === CHILD && type === 'pipe'));
      const [a, b] = framesAt(read, address);
      expect(b!.frame).toBe(a!.frame);
    },
    'own does not, and B sees what it was': async (run) => {
      const own = Number(/own at (0x[0-9a-f]+)/.exec(run.lines[1]!)![1]);
      const [a, b] = framesAt(await run.at(15), own);
      expect(a!.frame).not.toBe(b!.frame);
      expect(run.lines[1]).toMatch(/: Ada \(own at 0x[0-9a-f]+: nobody\)$/);
    },
    'nothing is sent': (run) => {
      const between = run.of('transfer').filter(({ time }) => time > 10.1e6 && time < 19.9e6);
      expect(between).toEqual([]);
    },
  },
  race: {
    'some is lost, and slices ended in the middle of the loop': (run) => {
      expect(Number(/counted to (\d+)/.exec(run.output)![1])).toBeLessThan(100_000);
      expect(interrupted(run).length).toBeGreaterThan(5);
    },
    'the interrupted one is between its read and its write': async (run) => {
      const machine = await run.at(interrupted(run)[3]!);
      const ready = [PROGRAM, CHILD].map((pid) => machine.pcb(pid)!).find(({ state }) => state === 'ready')!;
      expect(ready.at!.symbol).toBe('count');
    },
    'who is not interrupted loses nothing': async () => {
      const run = await watch(example('race'), ['--quantum=1s']);
      expect(run.output).toContain('counted to 100000');
      expect(interrupted(run)).toEqual([]);
    },
  },
  lock: {
    'nothing is lost, although slices end': (run) => {
      expect(run.output).toContain('counted to 100000');
      expect(interrupted(run).length).toBeGreaterThan(3);
    },
    'who wants the lock meanwhile is blocked, and woken by its holder': (run) => {
      const waits = run.of('block').filter(({ on }) => on === 'futex');
      expect(waits.length).toBeGreaterThan(0);
      for (const { tid, event } of waits) {
        const wake = run.first('wake', (each) => each.tid === tid && each.event > event);
        expect(wake['by']).toBe(tid === CHILD ? PROGRAM : CHILD);
      }
    },
  },
};
