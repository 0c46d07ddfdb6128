import { beforeEach, describe, expect, test } from 'vitest';
import { setCurrent } from './cpu.ts';
import { moveTo, newsChanged } from './family.ts';
import { scriptedKernel } from './fixture.ts';
import type { Kernel } from './kernel.ts';
import type { Pgid, Tgid, ThreadGroup, Tid } from './types.ts';
import { type ChildSelector, findReport, takeReport, W } from './wait.ts';

let k: Kernel;
const child = (tgid: number): ThreadGroup => k.groups.get(tgid as Tgid)!;
const any: ChildSelector = { by: 'any' };
const pidOf = (found: ReturnType<typeof findReport>) =>
  found !== null && typeof found === 'object' ? found.group.tgid : found;

/** A parent, 1, and its children 2, 3 and 4. */
beforeEach(() => {
  k = scriptedKernel([[], [], [], []]);
  setCurrent(k, k.tasks.get(1 as Tid)!);
});

/** A child comes to have something to report. */
const report = (tgid: number, what: Partial<ThreadGroup>) => newsChanged(k, Object.assign(child(tgid), what));
const end = (tgid: number, status = 0) => report(tgid, { life: 'zombie', exitStatus: status });

describe('which child a wait reports', () => {
  test('children without news are waited for, no children are ECHILD', () => {
    expect(findReport(k, any, W.WEXITED)).toBeNull();
    setCurrent(k, k.tasks.get(2 as Tid)!);
    expect(findReport(k, any, W.WEXITED)).toBe('ECHILD');
  });

  test('the first child that ended, in the order they were born', () => {
    end(4, 0x700);
    end(3, 9);
    expect(findReport(k, any, W.WEXITED)).toMatchObject({ what: 'exited', status: 9 });
    expect(pidOf(findReport(k, any, W.WEXITED))).toBe(3);
  });

  test('a pid selects one child, and a stranger is ECHILD', () => {
    end(3);
    expect(findReport(k, { by: 'pid', pid: 4 as Tgid }, W.WEXITED)).toBeNull();
    expect(pidOf(findReport(k, { by: 'pid', pid: 3 as Tgid }, W.WEXITED))).toBe(3);
    expect(findReport(k, { by: 'pid', pid: 9 as Tgid }, W.WEXITED)).toBe('ECHILD');
  });

  test('a process group selects its members', () => {
    moveTo(k, child(3), 30 as Pgid, child(3).sid);
    end(2);
    end(3);
    expect(pidOf(findReport(k, { by: 'pgid', pgid: 30 as Pgid }, W.WEXITED))).toBe(3);
    expect(findReport(k, { by: 'pgid', pgid: 31 as Pgid }, W.WEXITED)).toBe('ECHILD');
  });

  test('zombies are reported only to those who ask for exits', () => {
    end(2);
    expect(findReport(k, any, W.WSTOPPED)).toBeNull();
  });

  test('a stop and a continuation are told once, to those who ask', () => {
    report(2, { stopReport: 0x137f });
    expect(findReport(k, any, W.WEXITED)).toBeNull();
    const stop = findReport(k, any, W.WEXITED | W.WSTOPPED);
    expect(stop).toMatchObject({ what: 'stopped', status: 0x137f });
    takeReport(k, stop as never);
    expect(findReport(k, any, W.WSTOPPED)).toBeNull();
    report(2, { continueReport: true });
    expect(findReport(k, any, W.WCONTINUED)).toMatchObject({ what: 'continued', status: 0xffff });
  });

  test('children with another exit signal are for __WCLONE and __WALL', () => {
    child(2).exitSignal = 0;
    end(2);
    expect(findReport(k, any, W.WEXITED)).toBeNull();
    expect(pidOf(findReport(k, any, W.WEXITED | W.__WCLONE))).toBe(2);
    expect(pidOf(findReport(k, any, W.WEXITED | W.__WALL))).toBe(2);
  });
});
