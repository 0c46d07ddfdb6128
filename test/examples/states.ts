/** Observations of states and the CPU: the edges of the state diagram, the disk, slices, switches. */
import { expect } from 'vitest';
import { type Observations, PROGRAM, type Seen, type Watched } from './watch.ts';

/** Which edge of the state diagram an event is, for the task that it is about. */
const EDGES: Readonly<Record<string, readonly [from: string, to: string]>> = {
  dispatch: ['ready', 'running'],
  preempt: ['running', 'ready'],
  block: ['running', 'blocked'],
  wake: ['blocked', 'ready'],
  exit: ['running', 'terminated'],
};

/** The states of a task in order, beginning with its fork; fails where an edge begins in another state. */
function statesOf(run: Watched, tid: number): readonly string[] {
  const passed = ['new', 'ready'];
  for (const { kind, tid: who } of run.events) {
    const edge = who === tid ? EDGES[kind] : undefined;
    if (edge === undefined) continue;
    expect(edge[0]).toBe(passed.at(-1));
    passed.push(edge[1]);
  }
  return passed;
}

const edgesOf = (states: readonly string[]): ReadonlySet<string> =>
  new Set(states.slice(1).map((state, i) => `${states[i]} → ${state}`));

const isAbout = (tid: number) => (event: Seen) => event.tid === tid;

export const states: Readonly<Record<string, Observations>> = {
  'five-states': {
    'each of the two goes along every edge and no other': (run) => {
      for (const tid of run.children(PROGRAM))
        expect([...edgesOf(statesOf(run, tid))].sort()).toEqual([
          'blocked → ready',
          'new → ready',
          'ready → running',
          'running → blocked',
          'running → ready',
          'running → terminated',
        ]);
    },
    'the PCB says the state': async (run) => {
      const [one, two] = run.children(PROGRAM);
      const early = await run.at(3.5);
      expect([early.pcb(one!)!.state, early.pcb(two!)!.state].sort()).toEqual(['ready', 'running']);
      const asked = run.of('block', one).at(-1)!;
      expect((await run.at(asked)).pcb(one!)).toMatchObject({ state: 'blocked', waitsFor: { on: 'disk' } });
      expect((await run.at(run.first('exit', isAbout(one!)))).pcb(one!)!.state).toBe('zombie');
    },
    'a slice that is used up is why they are preempted': (run) => {
      const [one] = run.children(PROGRAM);
      const slices = run.runs(one!).filter(({ end }) => end === 'preempt');
      expect(slices.length).toBeGreaterThan(0);
      for (const { from, to } of slices) expect(to - from).toBe(1e6);
    },
  },
  disk: {
    'the request, the wait, and the interrupt 2 ms later': (run) => {
      const requests = run.of('io-request');
      const served = run.of('io-complete');
      expect(requests.length).toBeGreaterThanOrEqual(1);
      expect(served.map(({ request }) => request)).toEqual(requests.map(({ request }) => request));
      for (const [i, { time }] of requests.entries()) expect(served[i]!.time - time).toBe(2e6);
    },
    'the process is blocked from its request to the interrupt, and ready with it': async (run) => {
      const request = run.of('io-request').at(-1)!;
      const served = run.of('io-complete').at(-1)!;
      const wake = run.first('wake', ({ event }) => event > served.event);
      expect(wake).toMatchObject({ tid: PROGRAM, time: served.time });
      const between = await run.at((request.time + 1e6) / 1e6);
      expect(between.pcb(PROGRAM)).toMatchObject({ state: 'blocked', waitsFor: { on: 'disk' } });
    },
    'the second read finds the page in memory': (run) => {
      const last = run.of('io-complete').at(-1)!;
      const reads = run
        .of('transfer')
        .filter(({ direction, event }) => direction === 'read' && event > last.event);
      expect(reads.length).toBe(2);
      expect(run.of('io-request').filter(({ event }) => event > last.event)).toEqual([]);
    },
  },
  'time-slices': {
    'each runs for a slice, and then it is the other one’s turn': (run) => {
      const pids = [PROGRAM, ...run.children(PROGRAM)];
      for (const pid of pids) {
        const runs = run.runs(pid).filter(({ end }) => end === 'preempt');
        expect(runs.length).toBeGreaterThanOrEqual(8);
        for (const { from, to } of runs) expect(to - from).toBe(2e6);
      }
      const turns = run
        .of('switch')
        .filter(({ tid, time }) => pids.includes(tid) && time > 2e6 && time < 38e6);
      for (const { tid, from, how } of turns) {
        expect(from).toBe(pids.find((pid) => pid !== tid));
        expect(how).toMatch(/^slice/);
      }
    },
    'who does not run is ready, with its registers kept': async (run) => {
      const machine = await run.at(5);
      const waiting = [PROGRAM, ...run.children(PROGRAM)].map((pid) => machine.pcb(pid)!);
      expect(waiting.map(({ state }) => state).sort()).toEqual(['ready', 'running']);
      for (const { at } of waiting) expect(at!.symbol).toBe('compute_ms');
    },
    'each gets half of the CPU': async (run) => {
      const machine = await run.at(30);
      for (const pid of [PROGRAM, ...run.children(PROGRAM)])
        expect(Math.abs(machine.pcb(pid)!.times.user - 15e6)).toBeLessThanOrEqual(2e6);
    },
  },
  'switch-overhead': {
    'every switch has its price': (run) => {
      const switches = run.of('switch');
      expect(switches.length).toBeGreaterThanOrEqual(20);
      for (const { cost, how } of switches.slice(1)) {
        expect(cost).toBe(100_000);
        expect(how).toMatch(/^(first|blocked|slice|yield|preempted|exited|stopped)(\+satp)?$/);
      }
    },
    'what is not work is switching': async (run) => {
      const exit = run.first('exit', ({ tid }) => tid === PROGRAM);
      const machine = await run.at(exit);
      const [cpu] = machine.inspect().cpus;
      expect(cpu!.switchTime).toBe(run.of('switch').reduce((sum, { cost }) => sum + Number(cost), 0));
      const work = exit.time - cpu!.switchTime;
      expect(Math.abs(work - 20e6)).toBeLessThan(1e6);
    },
  },
};
