import { beforeEach, describe, expect, test } from 'vitest';
import { O, SIGNAL } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { type Desk, desk, waitsOn } from './file-fixture.ts';
import { openPath } from './open.ts';
import { CC, ECHO, ICANON, ISIG, OPOST, packTermios, TERMIOS_SIZE, unpackTermios } from './termios.ts';
import { hangUp, type Tty, ttyOf } from './tty.ts';
import { CONSOLE, connectConsole, ttyInput, ttyOutput, ttyResize } from './tty-host.ts';
import { type FileId, POLLHUP, POLLIN, POLLOUT } from './types.ts';

let at: Desk;
let file: FileId;
let tty: Tty;

beforeEach(() => {
  at = desk();
  connectConsole(at.vfs, 24, 80);
  file = openPath(at.vfs, at.who, at.root, '/dev/console', { flags: O.O_RDWR, mode: 0 }) as FileId;
  tty = ttyOf(at.vfs, at.file(file));
});

const type = (text: string) => ttyInput(at.vfs, CONSOLE, encodeUtf8(text));
const shown = () => decodeUtf8(ttyOutput(at.vfs, CONSOLE));
const read = (length = 100) => at.read(file, length);
const ioctl = (request: number, value: number, bytes: Uint8Array = new Uint8Array(64)) =>
  at.vfs.ops.tty.ioctl!(at.vfs, at.file(file), request, {
    value,
    read: (into) => {
      into.set(bytes.subarray(0, into.length));
      return true;
    },
    write: (from) => {
      bytes.set(from);
      return true;
    },
    writeAt: () => false,
  });
const setLocal = (clear: number, cc: Partial<Record<number, number>> = {}) => {
  tty.termios.lflag &= ~clear;
  for (const [index, value] of Object.entries(cc)) tty.termios.cc[Number(index)] = value!;
};

describe('canonical mode', () => {
  test.each([
    ['a line', 'hello\r', 'hello\n', 'hello\r\n'],
    ['an erased character', 'abX\x7fc\n', 'abc\n', 'abX\b \bc\r\n'],
    ['an erased character of several bytes', 'aä\x7fb\n', 'ab\n', 'aä\b \bb\r\n'],
    ['a killed line', 'garbage\x15new\n', 'new\n', `garbage${'\b \b'.repeat(7)}new\r\n`],
    ['an erased word', 'one two  \x17three\n', 'one three\n', `one two  ${'\b \b'.repeat(5)}three\r\n`],
    ['a quoted control character', 'a\x16\x03b\n', 'a\x03b\n', 'a^\b^Cb\r\n'],
    ['an erased control character', '\x16\x01\x7fx\n', 'x\n', '^\b^A\b \b\b \bx\r\n'],
    ['a line printed again', 'ab\x12c\n', 'abc\n', 'ab^R\r\nabc\r\n'],
    ['erasing nothing', '\x7f\x15\x17x\n', 'x\n', 'x\r\n'],
  ])('%s', (_, typed, got, echoed) => {
    type(typed);
    expect(read()).toBe(got);
    expect(shown()).toBe(echoed);
  });

  test('a read gets one line, or the part of it that fits, and waits for the next', () => {
    type('first\nsecond\nthi');
    expect([read(3), read(), read(), waitsOn(read())]).toEqual(['fir', 'st\n', 'second\n', 'tty-read']);
    type('rd\n');
    expect(read()).toBe('third\n');
  });

  test('Ctrl-D ends a line without a character, and at its beginning the file', () => {
    type('half\x04\x04');
    expect([read(), read(), waitsOn(read())]).toEqual(['half', '', 'tty-read']);
  });

  test('control characters signal the foreground and drop what was typed', () => {
    tty.foreground = 7;
    type('line\x03');
    type('\x1c\x1a');
    expect(at.around.signals).toEqual(
      [SIGNAL.SIGINT, SIGNAL.SIGQUIT, SIGNAL.SIGTSTP].map((signo) => ({ to: 7, signo })),
    );
    expect(shown()).toBe('^C^Z');
    type('next\n');
    expect(read()).toBe('next\n');
  });

  test('with the echo off only what programs write is shown', () => {
    setLocal(ECHO);
    type('secret\n');
    at.write(file, 'out\n');
    expect([read(), shown()]).toEqual(['secret\n', 'out\r\n']);
  });

  test('a line has at most 4095 characters', () => {
    type(`${'x'.repeat(5000)}\n`);
    expect(read(10_000)).toHaveLength(4096);
  });
});

describe('raw mode', () => {
  beforeEach(() => setLocal(ICANON | ECHO | ISIG));

  test('gives bytes as they come', () => {
    type('a\x03\x7f');
    expect(read()).toBe('a\x03\x7f');
  });

  test('waits for MIN bytes, or as many as were asked for', () => {
    setLocal(0, { [CC.VMIN]: 3 });
    type('ab');
    expect(waitsOn(read())).toBe('tty-read');
    expect(read(2)).toBe('ab');
    type('cde');
    expect(read()).toBe('cde');
  });

  test('with MIN 0 and TIME 0 never waits', () => {
    setLocal(0, { [CC.VMIN]: 0 });
    expect(read()).toBe('');
  });

  test('with MIN 0 waits no longer than TIME', () => {
    setLocal(0, { [CC.VMIN]: 0, [CC.VTIME]: 2 });
    expect(read()).toMatchObject({ on: 'tty-read', until: 2e8 });
    at.around.now = 2e8;
    expect(read()).toBe('');
  });

  test('what was typed before stays readable when the mode changes', () => {
    at = desk();
    connectConsole(at.vfs, 24, 80);
    file = openPath(at.vfs, at.who, at.root, '/dev/console', { flags: O.O_RDWR, mode: 0 }) as FileId;
    tty = ttyOf(at.vfs, at.file(file));
    type('unfinished');
    const bytes = packTermios({ ...tty.termios, lflag: tty.termios.lflag & ~ICANON }, TERMIOS_SIZE);
    expect(ioctl(0x5402, 0, bytes)).toBe(0);
    expect(read()).toBe('unfinished');
  });
});

test('settings survive packing and unpacking', () => {
  const copy = { ...tty.termios, cc: new Uint8Array(19), iflag: 0, oflag: 0, cflag: 0, lflag: 0 };
  unpackTermios(copy, packTermios(tty.termios, TERMIOS_SIZE));
  expect(copy).toEqual(tty.termios);
});

test('output is processed unless OPOST is off', () => {
  at.write(file, 'a\nb');
  expect(shown()).toBe('a\r\nb');
  tty.termios.oflag &= ~OPOST;
  at.write(file, 'c\nd');
  expect(shown()).toBe('c\nd');
});

test('Ctrl-S holds writers back until Ctrl-Q', () => {
  type('\x13');
  expect(waitsOn(at.write(file, 'x'))).toBe('tty-write');
  expect(at.poll(file) & POLLOUT).toBe(0);
  at.around.woken.length = 0;
  type('\x11');
  expect(at.around.woken).toContain(tty.writeQueue);
  expect(at.write(file, 'x')).toBe(1);
});

describe('job control', () => {
  beforeEach(() => {
    expect(ioctl(0x540e, 0)).toBe(0);
  });

  test('a session leader takes the terminal, its group is in the foreground', () => {
    expect(tty).toMatchObject({ session: 1, foreground: 1 });
    expect(at.around.tty).toBe(CONSOLE);
    const bytes = new Uint8Array(4);
    expect(ioctl(0x540f, 0, bytes)).toBe(0);
    expect(bytes[0]).toBe(1);
  });

  test('the background is stopped when it reads or changes the terminal', () => {
    const asked: number[] = [];
    at.vfs.host.stopForTty = (signo) => {
      asked.push(signo);
      return 'EIO';
    };
    at.around.pgid = 5;
    expect(read()).toBe('EIO');
    expect(ioctl(0x5402, 0)).toBe('EIO');
    expect(at.write(file, 'may write')).toBe(9);
    expect(asked).toEqual([SIGNAL.SIGTTIN, SIGNAL.SIGTTOU]);
  });

  test('only groups of the session come into the foreground', () => {
    const group = Uint8Array.of(9, 0, 0, 0);
    at.vfs.host.sessionOf = () => 2;
    expect(ioctl(0x5410, 0, group)).toBe('EPERM');
    at.vfs.host.sessionOf = () => 0;
    expect(ioctl(0x5410, 0, group)).toBe('ESRCH');
    at.vfs.host.sessionOf = () => 1;
    expect(ioctl(0x5410, 0, group)).toBe(0);
    expect(tty.foreground).toBe(9);
  });

  test('a new window size is told to the foreground', () => {
    ttyResize(at.vfs, CONSOLE, 30, 100);
    ttyResize(at.vfs, CONSOLE, 30, 100);
    expect(at.around.signals).toEqual([{ to: 1, signo: SIGNAL.SIGWINCH }]);
  });

  test('after a hangup open files lead nowhere, and the terminal can be opened anew', () => {
    hangUp(at.vfs, CONSOLE, 'leader');
    expect([read(), at.write(file, 'x'), ioctl(0x5401, 0)]).toEqual(['', 'EIO', 'EIO']);
    expect(at.poll(file) & POLLHUP).toBe(POLLHUP);
    expect(at.around.signals.map(({ signo }) => signo)).toEqual([SIGNAL.SIGHUP, SIGNAL.SIGCONT]);
    const again = openPath(at.vfs, at.who, at.root, '/dev/console', { flags: O.O_RDWR, mode: 0 }) as FileId;
    expect(at.write(again, 'x')).toBe(1);
  });
});

test('poll says when a line is there', () => {
  type('half');
  expect(at.poll(file) & POLLIN).toBe(0);
  type('\n');
  expect(at.poll(file) & POLLIN).toBe(POLLIN);
});
