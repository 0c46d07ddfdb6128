import { describe, expect, test } from 'vitest';
import { O, SIGNAL } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { newEventFd } from './eventfd.ts';
import { desk, waitsOn } from './file-fixture.ts';
import { newPidfd, pidOf, processExited, processReaped } from './pidfd.ts';
import { newSignalFd, signalArrived } from './signalfd.ts';
import { newTimerFd, setTimer, timerfdFired, timerOf } from './timerfd.ts';
import { type FileId, POLLHUP, POLLIN, POLLOUT } from './types.ts';

const word = (lo: number, hi = 0) => new Uint8Array(Uint32Array.of(lo, hi).buffer);
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

describe('an eventfd', () => {
  test('adds up what is written and gives it at once', () => {
    const at = desk();
    const file = newEventFd(at.vfs, 2, false, O.O_NONBLOCK);
    at.write(file, word(5));
    expect(at.read(file, 8)).toBe(text(word(7)));
    expect(at.read(file, 8)).toBe('EAGAIN');
    expect([at.read(file, 7), at.write(file, 'short')]).toEqual(['EINVAL', 'EINVAL']);
  });

  test('as a semaphore gives one at a time', () => {
    const at = desk();
    const file = newEventFd(at.vfs, 2, true, 0);
    expect([at.read(file, 8), at.read(file, 8)]).toEqual([text(word(1)), text(word(1))]);
    expect(waitsOn(at.read(file, 8))).toBe('eventfd-read');
  });

  test('counts in 64 bits and is full below all ones', () => {
    const at = desk();
    const file = newEventFd(at.vfs, 0, false, O.O_NONBLOCK);
    expect(at.write(file, word(0xffffffff, 0xffffffff))).toBe('EINVAL');
    expect(at.write(file, word(0xfffffffe, 0xffffffff))).toBe(8);
    expect(at.poll(file)).toBe(POLLIN);
    expect(at.write(file, word(1))).toBe('EAGAIN');
    at.read(file, 8);
    at.write(file, word(0xffffffff));
    at.write(file, word(2));
    expect(at.poll(file)).toBe(POLLIN | POLLOUT);
  });
});

const PLAIN = { interval: 0 as Nanos, isWall: false, cancel: 'no' as const };

describe('a timerfd', () => {
  test('counts its ticks until they are read, and arms itself again', () => {
    const at = desk();
    const file = newTimerFd(at.vfs, 1, 0);
    const timer = timerOf(at.vfs, at.file(file));
    setTimer(at.vfs, timer, { ...PLAIN, next: 100 as Nanos, interval: 10 as Nanos });
    expect(waitsOn(at.read(file, 8))).toBe('timerfd');
    at.around.now = 125;
    timerfdFired(at.vfs, timer.id);
    expect(at.poll(file)).toBe(POLLIN);
    expect(at.around.timers.map(({ at: when }) => when)).toEqual([100]);
    at.around.now = 135;
    expect(at.read(file, 8)).toBe('\x04\0\0\0\0\0\0\0');
    expect(at.around.timers.map(({ at: when }) => when)).toEqual([100, 140]);
    expect(at.poll(file)).toBe(0);
  });

  test('fires once without an interval, and never when disarmed', () => {
    const at = desk();
    const file = newTimerFd(at.vfs, 1, 0);
    const timer = timerOf(at.vfs, at.file(file));
    setTimer(at.vfs, timer, { ...PLAIN, next: 5 as Nanos });
    at.around.now = 5;
    timerfdFired(at.vfs, timer.id);
    expect(timer).toMatchObject({ ticks: 1, next: NEVER });
    setTimer(at.vfs, timer, { ...PLAIN, next: NEVER });
    timerfdFired(at.vfs, timer.id);
    expect(timer.ticks).toBe(0);
  });
});

test('a signalfd takes pending signals as structures and waits for more', () => {
  const at = desk();
  const pending = [
    { signo: SIGNAL.SIGUSR1, code: 0, pid: 9, uid: 3, status: 0, addr: 0, valueHi: 0, errno: 0, tail: null },
  ];
  at.vfs.host.takeSignal = () => pending.shift() ?? null;
  const file = newSignalFd(at.vfs, 1 << (SIGNAL.SIGUSR1 - 1), 0, 0);
  const got = at.read(file, 300) as string;
  expect(got).toHaveLength(128);
  expect([got.charCodeAt(0), got.charCodeAt(12), got.charCodeAt(16)]).toEqual([SIGNAL.SIGUSR1, 9, 3]);
  expect(waitsOn(at.read(file, 128))).toBe('signalfd');
  at.around.woken.length = 0;
  signalArrived(at.vfs);
  expect(at.around.woken).toEqual([at.vfs.signalQueue]);
  expect(at.read(file, 100)).toBe('EINVAL');
});

test('a pidfd becomes readable when its process ends, and forgets it once reaped', () => {
  const at = desk();
  const file: FileId = newPidfd(at.vfs, 12, 0);
  expect([at.poll(file), at.read(file, 1)]).toEqual([0, 'EINVAL']);
  processExited(at.vfs, 12);
  expect(at.poll(file) & POLLIN).toBe(POLLIN);
  expect(pidOf(at.vfs, at.file(file))).toBe(12);
  processReaped(at.vfs, 12);
  expect(at.poll(file) & POLLHUP).toBe(POLLHUP);
  expect(pidOf(at.vfs, at.file(file))).toBe(0);
});
