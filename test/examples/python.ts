/** Observations of the Python programs and of bash: what multiprocessing, threading and a shell ask of the kernel. */
import { expect } from 'vitest';
import { type Observations, PROGRAM, type Seen, type Watched } from './watch.ts';

/** Processes that the program made, and threads of its own. */
const madeBy = (run: Watched, tid = PROGRAM) => {
  const made = run.of('fork', tid);
  const ids = (isThread: boolean) =>
    made.filter(({ child, group }) => (child !== group) === isThread).map(({ child }) => Number(child));
  return { children: ids(false), threads: ids(true) };
};

/** Who wrote each line of output: standard output is one open file, and a line one write. */
function writersOf(run: Watched): readonly number[] {
  const writes = run.of('transfer').filter(({ direction, type }) => direction === 'write' && type === 'pipe');
  const { file } = writes.at(-1)!;
  return writes.filter((each) => each['file'] === file).map(({ tid }) => tid);
}

const numbersIn = (line: string): readonly number[] =>
  [...line.matchAll(/\d+/g)].map(([digits]) => Number(digits));

const isReapedBy = (run: Watched, child: number): boolean =>
  run.of('reap').some((event: Seen) => event['child'] === child && event.tid === PROGRAM);

const programOf = async (run: Watched) => {
  const lastWrite = run
    .of('transfer', PROGRAM)
    .filter(({ direction }) => direction === 'write')
    .at(-1)!;
  return (await run.at(lastWrite)).pcb(PROGRAM)!;
};

export const python: Readonly<Record<string, Observations>> = {
  hello: {
    'the number printed is the PID; the program is the interpreter': async (run) => {
      expect(numbersIn(run.lines[1]!)).toEqual([PROGRAM]);
      const pcb = await programOf(run);
      expect(pcb.executable).toMatch(/python3/);
      expect(pcb.argv.at(-1)).toMatch(/hello\.py$/);
      expect(madeBy(run)).toEqual({ children: [], threads: [] });
    },
    'its code is that of the interpreter and of libraries': async (run) => {
      const { segments } = (await programOf(run)).memory!;
      const named = (kind: string) => segments.filter((each) => each.kind === kind).map(({ name }) => name);
      expect(named('code')).toEqual([expect.stringMatching(/python3/)]);
      expect(named('library-code')).toEqual(expect.arrayContaining([expect.stringMatching(/libc\.so/)]));
      expect(segments.filter(({ name }) => name.endsWith('hello.py'))).toEqual([]);
    },
  },
  'one-child': {
    'start() is a fork without exec, and both know the numbers': (run) => {
      const { children, threads } = madeBy(run);
      expect([children.length, threads.length]).toEqual([1, 0]);
      const [child] = children;
      expect(run.lines.map((line) => numbersIn(line))).toEqual([[PROGRAM], [child], [PROGRAM]]);
      expect(run.of('exec', child)).toEqual([]);
      expect(isReapedBy(run, child!)).toBe(true);
    },
  },
  'parent-waits': {
    'the parent is blocked until the child ends, and gets its status': (run) => {
      const [child] = madeBy(run).children;
      const exit = run.first('exit', ({ tid }) => tid === child);
      const block = run
        .of('block', PROGRAM)
        .findLast(({ event, on }) => on === 'child' && event < exit.event)!;
      const wake = run.first('wake', ({ tid, event }) => tid === PROGRAM && event > block.event);
      expect(wake.time).toBe(exit.time);
      expect(run.first('reap', (event) => event['child'] === child)).toMatchObject({
        tid: PROGRAM,
        status: 0,
      });
    },
  },
  'three-children': {
    'three forks, three numbers, one parent, three address spaces': async (run) => {
      const { children } = madeBy(run);
      expect(new Set(children).size).toBe(3);
      const last = run.of('fork', PROGRAM).at(-1)!;
      const machine = await run.at(last);
      const alive = children.filter((pid) => machine.pcb(pid)?.memory != null);
      expect(alive.length).toBeGreaterThan(0);
      const roots = [PROGRAM, ...alive].map((pid) => machine.pcb(pid)!.memory!.root);
      expect(new Set(roots).size).toBe(roots.length);
      expect(children.map((child) => isReapedBy(run, child))).toEqual([true, true, true]);
    },
  },
  'three-greetings': {
    'the same line three times, by three processes': (run) => {
      expect(new Set(run.lines).size).toBe(1);
      expect([...writersOf(run)].sort()).toEqual([...madeBy(run).children].sort());
    },
  },
  'three-tasks': {
    'each child writes another line, and none executes another program': (run) => {
      const { children } = madeBy(run);
      expect(new Set(run.lines).size).toBe(3);
      expect([...writersOf(run)].sort()).toEqual([...children].sort());
      for (const child of children) expect(run.of('exec', child)).toEqual([]);
    },
  },
  'called-too-early': {
    'only edit runs in a child; what was called with brackets the parent has written itself': (run) => {
      const { children } = madeBy(run);
      expect(children).toHaveLength(3);
      const writers = writersOf(run);
      const told = Object.fromEntries(run.lines.map((line, i) => [line.split(' ')[0]!, writers[i]]));
      expect(told).toMatchObject({ show: PROGRAM, save: PROGRAM, edit: children[0] });
      expect(children.slice(1).filter((child) => writers.includes(child))).toEqual([]);
    },
  },
  'same-threads': {
    'three threads of process 2, which print its number and their own': (run) => {
      const { children, threads } = madeBy(run);
      expect(children).toEqual([]);
      const printed = run.lines.slice(1).map((line) => numbersIn(line));
      expect(printed.map(([thread]) => thread).sort()).toEqual([...threads].sort());
      expect(printed.map(([, process]) => process)).toEqual([PROGRAM, PROGRAM, PROGRAM]);
      expect([...new Set(writersOf(run).slice(1))].sort()).toEqual([...threads].sort());
    },
  },
  'different-threads': {
    'three threads, no child, a line of each': (run) => {
      const { children, threads } = madeBy(run);
      expect([children.length, threads.length]).toEqual([0, 3]);
      expect(new Set(writersOf(run).slice(1))).toEqual(new Set(threads));
    },
  },
  family: {
    'three children; the parent has one thread, Cleo two': (run) => {
      const { children, threads } = madeBy(run);
      expect([children.length, threads.length]).toEqual([3, 1]);
      expect(madeBy(run, children[2]!).threads).toHaveLength(2);
    },
    'Cleo ends with 2, and the parent learns it': (run) => {
      const cleo = madeBy(run).children[2]!;
      expect(run.first('reap', (event) => event['child'] === cleo)).toMatchObject({
        tid: PROGRAM,
        status: 2 << 8,
      });
    },
    'Ada writes into a pipe from which the thread of the parent reads': (run) => {
      const { children, threads } = madeBy(run);
      const read = run.first(
        'transfer',
        ({ tid, type, direction }) => tid === threads[0] && type === 'pipe' && direction === 'read',
      );
      const write = run.first(
        'transfer',
        ({ tid, bytes, event }) => tid === children[0] && bytes === read['bytes'] && event < read.event,
      );
      expect(write).toMatchObject({ direction: 'write', type: 'pipe' });
    },
  },
  'bash-ls': {
    'bash forks, and the copy becomes ls': async (run) => {
      const fork = run.first('fork');
      expect(fork).toMatchObject({ tid: PROGRAM, child: 3, group: 3 });
      expect((await run.at(fork)).pcb(3)).toMatchObject({ comm: expect.stringMatching(/^bash/) });
      const exec = run.first('exec', ({ tid }) => tid === 3);
      expect(exec).toMatchObject({ path: '/usr/bin/ls', comm: 'ls' });
      expect((await run.at(exec)).pcb(3)).toMatchObject({ comm: 'ls', ids: { pid: 3, ppid: PROGRAM } });
    },
    'meanwhile the shell waits, and then goes on': async (run) => {
      const exit = run.first('exit', ({ tid }) => tid === 3);
      expect((await run.at((exit.time - 1) / 1e6)).pcb(PROGRAM)).toMatchObject({
        state: 'blocked',
        waitsFor: { on: 'child' },
      });
      expect(run.first('reap', (event) => event['child'] === 3).tid).toBe(PROGRAM);
      expect(run.lines.at(-1)).toBe('ls has ended with status 0');
    },
  },
};
