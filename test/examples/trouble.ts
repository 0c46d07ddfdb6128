/** Observations of what goes wrong between processes: deadlock, priority inversion, convoys, starvation. */
import { expect } from 'vitest';
import { example, type Observations, PROGRAM, type Watched, watch } from './watch.ts';

/** How long a task was blocked on something, from its event to its waking. */
function blockedFor(run: Watched, tid: number, on: string): number {
  const begin = run.first('block', (event) => event.tid === tid && event['on'] === on);
  return run.first('wake', (event) => event.tid === tid && event.event > begin.event).time - begin.time;
}

const endOf = (run: Watched, tid: number): number => run.first('exit', (event) => event.tid === tid).time;

const namesOf = (run: Watched): readonly string[] =>
  run.children(PROGRAM).map((tid) => String(run.first('rename', (event) => event.tid === tid)['comm']));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean time from fork to end. */
const turnaround = (run: Watched): number =>
  mean(run.of('fork', PROGRAM).map(({ child, time }) => endOf(run, Number(child)) - time));

export const trouble: Readonly<Record<string, Observations>> = {
  deadlock: {
    'each waits for the other, and inspection names it': async (run) => {
      const last = run.of('block').at(-1)!;
      const { waits } = (await run.at(last)).inspect();
      expect(waits.deadlocks).toHaveLength(1);
      expect(waits.deadlocks[0]!.map(({ tid, on, by }) => ({ tid, on, by }))).toEqual([
        { tid: PROGRAM, on: 'futex', by: [3] },
        { tid: 3, on: 'futex', by: [PROGRAM] },
      ]);
    },
    'the run is stopped': (run) => {
      expect(run.exitCode).toBe(125);
      expect(run.of('exit')).toEqual([]);
    },
    'before the second locks are wanted there is none': async (run) => {
      expect((await run.at(5)).inspect().waits.deadlocks).toEqual([]);
    },
  },
  'priority-inversion': {
    'the most urgent waits while the middle one runs and the holder is ready': async (run) => {
      const [low, high, middle] = run.children(PROGRAM);
      const machine = await run.at(10);
      expect([low, high, middle].map((tid) => machine.pcb(tid!)!.comm)).toEqual(['low', 'high', 'middle']);
      const states = [low, high, middle].map((tid) => machine.pcb(tid!)!.state);
      expect(states).toEqual(['ready', 'blocked', 'running']);
      expect(machine.pcb(high!)!.scheduling.policy).toBe('SCHED_FIFO');
      expect(blockedFor(run, high!, 'futex')).toBeGreaterThan(30e6);
    },
    'with inheritance it waits for the holder only': (run) => {
      const [low, high, middle] = run.children(PROGRAM).slice(3);
      const waited = blockedFor(run, high!, 'futex-pi');
      expect(waited).toBeLessThan(5e6);
      const begin = run.first('block', ({ tid, on }) => tid === high && on === 'futex-pi');
      const meanwhile = run
        .of('dispatch')
        .filter(({ event, time }) => event > begin.event && time < begin.time + waited);
      expect(meanwhile.map(({ tid }) => tid)).toContain(low);
      expect(meanwhile.map(({ tid }) => tid)).not.toContain(middle);
    },
  },
  convoy: {
    'behind the long job the short ones wait for their first turn': (run) => {
      expect(namesOf(run)).toEqual(['long', ...Array(5).fill('short')]);
      const [long, ...short] = run.children(PROGRAM);
      for (const tid of short) {
        expect(run.runs(tid)[0]!.from).toBeGreaterThan(endOf(run, long!) - 1);
        expect(run.of('preempt', tid)).toEqual([]);
      }
    },
    'in turns they are done soon, and the mean turnaround falls to less than half': async (run) => {
      const turns = await watch(example('convoy'), ['--policy=rr']);
      const [long, ...short] = turns.children(PROGRAM);
      for (const tid of short) expect(endOf(turns, tid)).toBeLessThan(20e6);
      expect(endOf(turns, long!) - endOf(run, run.children(PROGRAM)[0]!)).toBeLessThan(11e6);
      expect(turnaround(turns)).toBeLessThan(turnaround(run) / 2);
    },
  },
  starvation: {
    'the least urgent is ready, not blocked, and gets no turn while there is other work': async (run) => {
      const [humble, ...urgent] = run.children(PROGRAM);
      const others = Math.max(...urgent.map((tid) => endOf(run, tid)));
      const turns = run.runs(humble!).filter(({ from }) => from > 1e6);
      expect(turns[0]!.from).toBeGreaterThanOrEqual(others);
      const pcb = (await run.at(150)).pcb(humble!)!;
      expect(pcb).toMatchObject({ state: 'ready', scheduling: { nice: 5, blocked: 0 } });
      expect(pcb.times.waiting + 150e6 - pcb.since).toBeGreaterThan(140e6);
    },
    'aging lets it in': async () => {
      const aged = await watch(example('starvation'), ['--policy=priority', '--quantum=1ms']);
      const [humble, ...urgent] = aged.children(PROGRAM);
      const turns = aged.runs(humble!).filter(({ from }) => from > 1e6);
      expect(turns[0]!.from).toBeLessThan(60e6);
      expect(turns[0]!.from).toBeGreaterThan(40e6);
      expect(Math.min(...urgent.map((tid) => endOf(aged, tid)))).toBeGreaterThan(turns[0]!.to);
    },
  },
};
