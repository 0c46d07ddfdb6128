/** Observations of the segments of an address space: what lies where, what may be done there, what grows. */
import { expect } from 'vitest';
import type { PastMachine, SegmentKind, SegmentView } from '../../src/api/index.ts';
import { addressIn, type Observations, PROGRAM } from './watch.ts';

const CHILD = 3;

const segmentsOf = (machine: PastMachine, pid = PROGRAM): readonly SegmentView[] =>
  machine.pcb(pid)!.memory!.segments;

const segment = (machine: PastMachine, kind: SegmentKind, pid = PROGRAM): SegmentView =>
  segmentsOf(machine, pid).find((each) => each.kind === kind)!;

const segmentAt = (machine: PastMachine, address: number): SegmentView =>
  segmentsOf(machine).find(({ start, end }) => start <= address && address < end)!;

export const memory: Readonly<Record<string, Observations>> = {
  'code-read-only': {
    'code may be read and executed, constants read, variables read and written': async (run) => {
      const machine = await run.at(5);
      expect(segment(machine, 'code', CHILD).perms).toBe('r-xp');
      expect(segment(machine, 'read-only-data', CHILD).perms).toBe('r--p');
      expect(segment(machine, 'bss', CHILD).perms).toBe('rw-p');
    },
    'the write is refused by the right to the page, not for want of one, and ends the child alone': (run) => {
      const fault = run.first('page-fault', ({ outcome }) => outcome === 'SEGV_ACCERR');
      expect(fault).toMatchObject({ tid: CHILD, access: 'write' });
      expect(Number(fault['address'])).toBe(addressIn(run.lines[0]!));
      expect(fault.time).toBeGreaterThanOrEqual(10e6);
      expect(run.first('exit', ({ tid }) => tid === CHILD)).toMatchObject({ status: 11 });
      expect(run.first('exit', ({ tid }) => tid === PROGRAM)).toMatchObject({ status: 0 });
    },
  },
  segments: {
    'each address lies in the segment that is named': async (run) => {
      const machine = await run.at(5);
      const kinds = run.lines.map((line) => segmentAt(machine, addressIn(line)).kind);
      expect(kinds).toEqual(['code', 'read-only-data', 'data', 'bss', 'heap', 'stack']);
    },
    'the heap lies behind the program, the stack at the top': async (run) => {
      const machine = await run.at(5);
      expect(segment(machine, 'heap').start).toBeGreaterThanOrEqual(segment(machine, 'bss').end);
      const programs = segmentsOf(machine).filter(({ kind }) => kind !== 'kernel');
      expect(programs.at(-1)!.kind).toBe('stack');
    },
  },
  'heap-leak': {
    'what is given back is used again: the heap stays as it is': async (run) => {
      expect(segment(await run.at(15), 'heap').end).toBe(segment(await run.at(5), 'heap').end);
      const moved = run.of('brk').filter(({ time }) => time > 5e6 && time < 15e6);
      expect(moved).toEqual([]);
    },
    'what is not grows it by as much, page by page': async (run) => {
      const [before, after] = [segment(await run.at(15), 'heap'), segment(await run.at(25), 'heap')];
      expect(after.end - before.end).toBeGreaterThanOrEqual(50 * 8192 - 65536);
      expect(after.resident - before.resident).toBeGreaterThanOrEqual(50 * 2);
      const faults = run.of('page-fault').filter(({ time }) => time >= 20e6 && time < 25e6);
      expect(faults.filter(({ outcome }) => outcome === 'demand-zero').length).toBeGreaterThanOrEqual(100);
    },
    'the end of the process gives everything back': async (run) => {
      const exit = run.first('exit', ({ tid }) => tid === PROGRAM);
      const [before, after] = [await run.at(25), await run.at(exit)];
      expect(after.inspect().memory.freePages - before.inspect().memory.freePages).toBeGreaterThanOrEqual(
        100,
      );
    },
  },
  recursion: {
    'a frame for every call': async (run) => {
      const names = (await run.at(5)).pcb(PROGRAM)!.frames.map(({ at }) => at.symbol);
      expect(names.filter((name) => name === 'descend')).toHaveLength(150);
      expect(names.indexOf('main')).toBe(names.lastIndexOf('descend') + 1);
    },
    'each frame lies below its caller’s, and the stack has grown': async (run) => {
      const { frames } = (await run.at(5)).pcb(PROGRAM)!;
      for (const [i, { cfa }] of frames.slice(1).entries())
        expect(cfa).toBeGreaterThanOrEqual(frames[i]!.cfa);
      const [top, bottom] = [addressIn(run.lines[0]!), addressIn(run.lines[1]!)];
      expect(top - bottom).toBeGreaterThan(150 * 1000);
      const first = await run.at(run.first('transfer', ({ direction }) => direction === 'write'));
      expect(segment(await run.at(5), 'stack').start).toBeLessThan(segment(first, 'stack').start);
      expect(run.of('page-fault', PROGRAM).some(({ outcome }) => outcome === 'stack-growth')).toBe(true);
    },
    'without an end it meets the limit of 8 MiB': (run) => {
      const grown = run.of('page-fault', CHILD);
      const last = grown.at(-1)!;
      expect(last).toMatchObject({ access: 'write', outcome: 'SEGV_MAPERR' });
      const below = addressIn(run.lines[0]!) - Number(last['address']);
      expect(below / 2 ** 20).toBeGreaterThan(7.5);
      expect(below / 2 ** 20).toBeLessThan(8.5);
      expect(run.first('exit', ({ tid }) => tid === CHILD)).toMatchObject({ status: 11 });
    },
  },
};
