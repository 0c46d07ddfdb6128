/** Observations of threads: what they share, what is their own, what they cost, and what ends with them. */
import { expect } from 'vitest';
import type { PageView, PastMachine } from '../../src/api/index.ts';
import { addressIn, example, type Observations, PROGRAM, type Watched, watch } from './watch.ts';

const THREADS = [3, 4, 5];

/** A word of the program's data, read by way of the frames that the views name: equal frames hold equal words. */
const frameOf = (machine: PastMachine, pid: number, address: number): number =>
  machine.pages(pid)!.find((page) => page.address === address - (address % 4096))!.frame;

const dataOf = (machine: PastMachine, pid: number) =>
  machine.pcb(pid)!.memory!.segments.find(({ kind }) => kind === 'data')!;

/** How long a stretch of the run took, and how much of all CPUs its tasks had. */
function costOf(run: Watched, tids: readonly number[]): { readonly wall: number; readonly cpu: number } {
  const runs = tids.flatMap((tid) => run.runs(tid));
  const [from, to] = [Math.min(...runs.map((each) => each.from)), Math.max(...runs.map((each) => each.to))];
  return { wall: to - from, cpu: runs.reduce((sum, each) => sum + each.to - each.from, 0) };
}

export const threads: Readonly<Record<string, Observations>> = {
  'threads-share': {
    'one process, one address space, one table of open files': async (run) => {
      const machine = await run.at(5);
      const pcbs = [PROGRAM, ...THREADS].map((tid) => machine.pcb(tid)!);
      expect(new Set(pcbs.map(({ ids }) => ids.pid))).toEqual(new Set([PROGRAM]));
      expect(new Set(pcbs.map(({ memory }) => memory!.root)).size).toBe(1);
      for (const { files } of pcbs) expect(files[3]!.path).toBe('/etc/passwd');
      expect(run.of('fd-open').filter(({ fd }) => fd === 3)).toHaveLength(1);
    },
    'registers and stacks of their own': async (run) => {
      const machine = await run.at(5);
      const stacks = THREADS.map((tid) => Number(machine.pcb(tid)!.registers!.x['sp']));
      const distance = Math.min(Math.abs(stacks[0]! - stacks[1]!), Math.abs(stacks[1]! - stacks[2]!));
      expect(distance).toBeGreaterThan(4096);
      const kinds = machine.pcb(PROGRAM)!.memory!.segments.map(({ kind }) => kind);
      expect(kinds).toContain('thread-stack');
      for (const tid of THREADS)
        expect(machine.pcb(tid)!.frames.map(({ at }) => at.symbol)).toEqual(expect.arrayContaining(['work']));
    },
    'the global is one, the locals are three': (run) => {
      const [globals, locals] = [0, 1].map(
        (i) => new Set(run.lines.slice(0, 3).map((line) => [...line.matchAll(/0x[0-9a-f]+/g)][i]![0])),
      );
      expect([globals!.size, locals!.size]).toEqual([1, 3]);
      expect(run.lines.at(-1)).toBe('process 2: counter is 6');
    },
  },
  'clone-flags': {
    'the same call with other flags makes a process, or a thread of the caller': (run) => {
      const made = run.of('fork', PROGRAM).map(({ child, group, flags }) => ({ child, group, flags }));
      expect(made).toEqual([
        { child: 3, group: 3, flags: '0x0' },
        { child: 4, group: PROGRAM, flags: '0x50f00' },
      ]);
      const calls = run.of('syscall-enter', PROGRAM).filter(({ nr }) => nr === 'clone');
      expect(calls.map(({ a0 }) => a0)).toEqual(['0x11', '0x50f00']);
    },
    'both are tasks with a PCB; the thread has its maker’s memory, the process a copy': async (run) => {
      const machine = await run.at(5);
      const [maker, child, thread] = [PROGRAM, 3, 4].map((tid) => machine.pcb(tid)!);
      expect(thread!.memory!.mm).toBe(maker!.memory!.mm);
      expect(child!.memory!.mm).not.toBe(maker!.memory!.mm);
      const address = dataOf(machine, PROGRAM).start;
      expect(frameOf(machine, 3, address)).not.toBe(frameOf(machine, PROGRAM, address));
    },
    'only the process is a child that is waited for': async (run) => {
      expect((await run.at(5)).pcb(PROGRAM)!.children).toEqual([3]);
      expect(run.of('reap', PROGRAM).map(({ child }) => child)).toEqual([3]);
      expect(run.of('exit').map(({ tid }) => tid)).toEqual(expect.arrayContaining([3, 4, PROGRAM]));
    },
  },
  'single-multi': {
    'four threads on four CPUs need a quarter of the time, and as much of the CPUs': async (run) => {
      const workers = run.children(PROGRAM);
      expect(workers).toHaveLength(4);
      const four = costOf(run, workers);
      const one = run.first('fork').time;
      expect(one / four.wall).toBeGreaterThan(3.8);
      expect(Math.abs(four.cpu - one)).toBeLessThan(1e6);
      const machine = await run.at(45);
      expect(workers.map((tid) => machine.pcb(tid)!.state)).toEqual(Array(4).fill('running'));
      expect(new Set(workers.map((tid) => machine.pcb(tid)!.scheduling.cpu)).size).toBe(4);
    },
    'on one CPU they gain nothing': async () => {
      const run = await watch(example('single-multi'), ['--cpus=1']);
      const four = costOf(run, run.children(PROGRAM));
      expect(Math.abs(four.wall - run.first('fork').time)).toBeLessThan(1e6);
    },
  },
  crash: {
    'one thread writes where nothing is mapped, and all threads of its process end at once': async (run) => {
      expect((await run.at(5)).pcb(3)!.threads).toEqual([3, 5, 6, 7]);
      const fault = run.first('page-fault', ({ outcome }) => outcome === 'SEGV_MAPERR');
      expect(fault).toMatchObject({ tid: 7, access: 'write' });
      expect(run.first('signal', ({ signo }) => signo === 'SIGSEGV')).toMatchObject({ tid: 7 });
      const ends = run.of('exit').filter(({ group }) => group === 3);
      expect(ends.map(({ tid }) => tid).sort()).toEqual([3, 5, 6, 7]);
      for (const { time, status } of ends) {
        expect(time - fault.time).toBeLessThan(10_000);
        expect(status).toBe(11);
      }
    },
    'the other process goes on': async (run) => {
      expect((await run.at(15)).pcb(4)).toMatchObject({ state: 'blocked', exitStatus: -1 });
      expect(run.first('reap', ({ child }) => child === 4)).toMatchObject({ tid: PROGRAM, status: 0 });
    },
  },
  'memory-cost': {
    'threads share the table': async (run) => {
      const machine = await run.at(5);
      const process = machine.inspect().processes.find(({ pid }) => pid === PROGRAM)!;
      expect(process.threads).toHaveLength(5);
      const table = tableOf(run, machine, PROGRAM);
      expect(table.filter(({ sharedWith }) => sharedWith.length === 0)).toHaveLength(100);
    },
    'processes share it, too, until they write': async (run) => {
      const machine = await run.at(15);
      expect(machine.pcb(PROGRAM)!.children).toEqual(WORKERS);
      for (const pid of WORKERS) {
        const table = tableOf(run, machine, pid);
        expect(
          table.filter(({ copyOnWrite, sharedWith }) => copyOnWrite && sharedWith.length === 4),
        ).toHaveLength(100);
      }
      expect(new Set(WORKERS.map((pid) => machine.pcb(pid)!.memory!.root)).size).toBe(4);
    },
    'then four processes need 400 frames more, where four threads needed none': async (run) => {
      const [before, after] = [await run.at(15), await run.at(25)];
      const used = before.inspect().memory.freePages - after.inspect().memory.freePages;
      expect(used).toBeGreaterThanOrEqual(400);
      expect(used).toBeLessThan(420);
      for (const pid of WORKERS)
        expect(
          tableOf(run, after, pid).filter(({ write, sharedWith }) => write && sharedWith.length === 0),
        ).toHaveLength(100);
    },
  },
};

const WORKERS = [7, 8, 9, 10];

/** The 100 pages that everybody writes to. */
const tableOf = (run: Watched, machine: PastMachine, pid: number): readonly PageView[] => {
  const start = addressIn(run.lines[0]!);
  return machine.pages(pid, start, start + 100 * 4096)!;
};
