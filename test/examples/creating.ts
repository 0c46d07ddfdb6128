/** Observations of fork and exec: what is copied, what is shared, what is replaced. */
import { expect } from 'vitest';
import type { PageView, PastMachine } from '../../src/api/index.ts';
import { type Observations, PROGRAM } from './watch.ts';

const CHILD = 3;

/** The page of a process that holds an address. */
export const pageAt = (machine: PastMachine, pid: number, address: number): PageView =>
  machine.pages(pid)!.find((page) => page.address === address - (address % 4096))!;

/** The first address that a line of output names. */
export const addressIn = (line: string): number => Number(/0x[0-9a-f]+/.exec(line)![0]);

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
};
