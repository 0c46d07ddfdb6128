/** Observations of fork and exec: what is copied, what is shared, what is replaced. */
import { expect } from 'vitest';
import type { PageView, PastMachine } from '../../src/api/index.ts';
import { addressIn, type Observations, PROGRAM } from './watch.ts';

const CHILD = 3;

/** The page of a process that holds an address. */
const pageAt = (machine: PastMachine, pid: number, address: number): PageView =>
  machine.pages(pid)!.find((page) => page.address === address - (address % 4096))!;

export const creating: Readonly<Record<string, Observations>> = {
  'copy-on-write': {
    'before the write both show one frame, which the next write would copy': async (run) => {
      const machine = await run.at(5);
      const [parent, child] = [PROGRAM, CHILD].map((pid) => pageAt(machine, pid, addressIn(run.lines[0]!)));
      expect(child!.frame).toBe(parent!.frame);
      expect(parent).toMatchObject({ copyOnWrite: true, write: false, sharedWith: [CHILD] });
      expect(child).toMatchObject({ copyOnWrite: true, write: false, sharedWith: [PROGRAM] });
    },
    'the write faults, and gives the child another frame at the same address': async (run) => {
      const address = addressIn(run.lines[0]!);
      expect(addressIn(run.lines[2]!)).toBe(address);
      const fault = run.first('page-fault', ({ time, tid }) => tid === CHILD && time >= 10e6);
      expect(fault).toMatchObject({ access: 'write', outcome: 'copy-on-write' });
      expect(Number(fault['address'])).toBe(address);
      const [before, after] = [await run.at(5), await run.at(15)];
      expect(pageAt(after, CHILD, address).frame).not.toBe(pageAt(before, CHILD, address).frame);
      expect(pageAt(after, CHILD, address)).toMatchObject({
        write: true,
        copyOnWrite: false,
        sharedWith: [],
      });
    },
    'the parent keeps its frame and its value': async (run) => {
      const address = addressIn(run.lines[0]!);
      const [before, after] = [await run.at(5), await run.at(15)];
      expect(pageAt(after, PROGRAM, address).frame).toBe(pageAt(before, PROGRAM, address).frame);
      expect(run.lines[3]).toMatch(/^4\. parent: number is still 1/);
    },
    'code is shared still': async (run) => {
      const code = (await run.at(15)).pages(CHILD)!.filter(({ exec }) => exec);
      expect(code.length).toBeGreaterThan(0);
      for (const page of code) expect(page.sharedWith).toContain(PROGRAM);
    },
  },
  'fork-copies': {
    'the child begins with the values of the parent; what it changes is its own': (run) => {
      const numbers = run.lines.map((line) => line.match(/\d+(?=,|$)/g)!.map(Number));
      expect(numbers).toEqual([
        [1, 2, 3],
        [1, 2, 3],
        [11, 12, 13],
        [1, 2, 3],
      ]);
    },
    'another PID and page table, the same segments at the same addresses': async (run) => {
      const machine = await run.at(5);
      const [parent, child] = [machine.pcb(PROGRAM)!.memory!, machine.pcb(CHILD)!.memory!];
      expect(child.root).not.toBe(parent.root);
      const places = ({ segments }: typeof parent) =>
        segments.map(({ kind, start, end }) => [kind, start, end]);
      expect(places(child)).toEqual(places(parent));
    },
    'pages that were written after the fork lie in different frames': async (run) => {
      const machine = await run.at(5);
      for (const kind of ['data', 'heap', 'stack'] as const) {
        const { start, end } = machine.pcb(CHILD)!.memory!.segments.find((each) => each.kind === kind)!;
        const [parent, child] = [PROGRAM, CHILD].map((pid) => machine.pages(pid, start, end)!.at(-1)!);
        expect(child!.address).toBe(parent!.address);
        expect(child!.frame).not.toBe(parent!.frame);
      }
    },
  },
  'shared-offset': {
    'both read from one position': (run) => {
      expect(run.lines.map((line) => /"(\w+)"/.exec(line)![1])).toEqual(['abcde', 'fghij', 'klmno', 'abcde']);
    },
    'their descriptors lead to one open file; the one opened anew to another': async (run) => {
      const machine = await run.at(25);
      const files = (pid: number) => machine.pcb(pid)!.files;
      const [parent, child, own] = [files(PROGRAM)[3]!, files(CHILD)[3]!, files(CHILD)[4]!];
      expect(child.file).toBe(parent.file);
      expect([parent.pos, child.pos, own.pos]).toEqual([15, 15, 5]);
      expect(own.path).toBe(parent.path);
      expect(own.file).not.toBe(parent.file);
    },
  },
  'fork-without-exec': {
    'one program is executed, by two processes': (run) => {
      expect(run.of('exec').filter(({ tid }) => tid !== 1)).toHaveLength(1);
      expect(run.children(PROGRAM)).toEqual([CHILD]);
    },
    'they take turns on the CPU': async (run) => {
      for (const tid of [PROGRAM, CHILD])
        expect(run.runs(tid).filter(({ end }) => end === 'preempt').length).toBeGreaterThanOrEqual(3);
      const machine = await run.at(5);
      expect([PROGRAM, CHILD].map((pid) => machine.pcb(pid)!.state).sort()).toEqual(['ready', 'running']);
    },
    'both are in the same function, on the same frames': async (run) => {
      const machine = await run.at(5);
      for (const pid of [PROGRAM, CHILD])
        expect(machine.pcb(pid)!.frames.map(({ at }) => at.symbol)).toContain('count');
      const code = machine.pages(CHILD)!.filter(({ exec }) => exec);
      expect(code.length).toBeGreaterThan(0);
      for (const { sharedWith } of code) expect(sharedWith).toContain(PROGRAM);
    },
  },
  'exec-replaces': {
    'the same process, another program': async (run) => {
      expect(run.of('fork', PROGRAM)).toEqual([]);
      const [before, after] = [(await run.at(5)).pcb(PROGRAM)!, (await run.at(15)).pcb(PROGRAM)!];
      expect(after.ids).toEqual(before.ids);
      expect([before.comm, after.comm]).toEqual(['exec-replaces', 'sleep']);
      expect(after.executable).not.toBe(before.executable);
    },
    'a new address space without the old heap': async (run) => {
      const [before, after] = [
        (await run.at(5)).pcb(PROGRAM)!.memory!,
        (await run.at(15)).pcb(PROGRAM)!.memory!,
      ];
      expect(after.mm).not.toBe(before.mm);
      const heap = ({ segments }: typeof before) =>
        segments.find(({ kind }) => kind === 'heap')?.resident ?? 0;
      expect(heap(before)).toBeGreaterThanOrEqual(12);
      expect(heap(after)).toBeLessThan(12);
    },
    'open files stay, but those marked close-on-exec': async (run) => {
      const [before, after] = [(await run.at(5)).pcb(PROGRAM)!, (await run.at(15)).pcb(PROGRAM)!];
      expect(before.files.map(({ fd, cloexec }) => [fd, cloexec]).slice(3)).toEqual([
        [3, false],
        [4, true],
      ]);
      expect(after.files.map(({ fd }) => fd)).toEqual([0, 1, 2, 3]);
      expect(after.files[3]!.file).toBe(before.files[3]!.file);
      const exec = run.first('exec', ({ comm }) => comm === 'sleep');
      expect(run.first('fd-close', ({ fd, tid }) => tid === PROGRAM && fd === 4).time).toBe(exec.time);
    },
  },
};
