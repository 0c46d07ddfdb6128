/** Pseudo-terminals, and the same random keys, writes, reads and settings at one of this Linux and one of ours. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { inPath } from '../../test/guest/linux.ts';
import { O, SIGNAL } from '../abi/index.ts';
import { nextU32, type Random, seededRandom } from '../base/index.ts';
import { BufferTransfer } from './buffer.ts';
import { type Desk, desk, waitsOn } from './file-fixture.ts';
import { OWN_POSITION } from './file-ops.ts';
import { openPath } from './open.ts';
import { releaseFile } from './open-file.ts';
import { packTermios, TERMIOS_SIZE, unpackTermios } from './termios.ts';
import { type Tty, ttyOf } from './tty.ts';
import { type FileId, POLLHUP, POLLIN, POLLOUT } from './types.ts';

let at: Desk;
let master: FileId;
let slave: FileId;
let tty: Tty;

const TIOCSPTLCK = 0x40045431;
const TIOCPKT = 0x5420;
const TCSETS = 0x5402;
const FIONREAD = 0x541b;

const open = (path: string, flags = O.O_NONBLOCK) =>
  openPath(at.vfs, at.who, at.root, path, { flags: O.O_RDWR | O.O_NOCTTY | flags, mode: 0 }) as FileId;

function ioctl(file: FileId, request: number, bytes: Uint8Array, value = 1) {
  const of = at.file(file);
  return at.vfs.ops[of.kind].ioctl!(at.vfs, of, request, {
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
}

beforeEach(() => {
  at = desk();
  master = open('/dev/ptmx');
  ioctl(master, TIOCSPTLCK, new Uint8Array(4));
  slave = open('/dev/pts/0');
  tty = ttyOf(at.vfs, at.file(master));
});

describe('pseudo-terminals', () => {
  test('a terminal is locked until its master says otherwise', () => {
    open('/dev/ptmx');
    expect(open('/dev/pts/1')).toBe('EIO');
    expect(open('/dev/pts/2')).toBe('ENOENT');
  });

  test('what the master writes is typed, and what is shown it reads', () => {
    at.write(master, 'hello\r');
    expect(at.read(slave, 100)).toBe('hello\n');
    at.write(slave, 'there\n');
    expect(at.read(master, 100)).toBe('hello\r\nthere\r\n');
    expect(at.read(master, 100)).toBe('EAGAIN');
  });

  test('when the last of the terminal goes the master reads the rest, then EIO, until it is opened anew', () => {
    at.write(slave, 'bye');
    releaseFile(at.vfs, slave);
    expect(at.poll(master)).toBe(POLLIN | 64 | POLLHUP | POLLOUT | 256);
    expect([at.read(master, 100), at.read(master, 100)]).toEqual(['bye', 'EIO']);
    slave = open('/dev/pts/0');
    expect(at.read(master, 100)).toBe('EAGAIN');
  });

  test('when the master goes the terminal hangs up, and with its last file the number is free', () => {
    Object.assign(at.around, { tty: tty.id });
    releaseFile(at.vfs, master);
    expect(at.read(slave, 10)).toBe('');
    expect(at.write(slave, 'x')).toBe('EIO');
    expect(at.poll(slave) & POLLHUP).toBe(POLLHUP);
    expect(open('/dev/pts/0')).toBe('ENOENT');
    releaseFile(at.vfs, slave);
    expect(at.vfs.ttys.size).toBe(0);
  });

  test('writers of either side wait when nobody reads', () => {
    const raw = { ...tty.termios, cc: tty.termios.cc };
    raw.lflag = 0;
    ioctl(slave, TCSETS, packTermios(raw, TERMIOS_SIZE));
    at.file(master).flags &= ~O.O_NONBLOCK;
    at.file(slave).flags &= ~O.O_NONBLOCK;
    for (const file of [master, slave]) {
      let total = 0;
      let last = at.write(file, 50_000);
      for (; typeof last === 'number'; last = at.write(file, 50_000)) total += last;
      expect(waitsOn(last)).toBe('tty-write');
      expect(total).toBeGreaterThanOrEqual(65536);
      expect(at.poll(file) & POLLOUT).toBe(0);
    }
  });

  test('packet mode tells what happens', () => {
    ioctl(master, TIOCPKT, Uint8Array.of(1, 0, 0, 0));
    at.write(slave, 'x');
    expect(at.read(master, 10)).toBe('\0x');
    tty.foreground = 9;
    at.write(master, '\x03');
    expect(at.around.signals).toEqual([{ to: 9, signo: SIGNAL.SIGINT }]);
    expect([at.read(master, 10), at.read(master, 10)]).toEqual(['\x03', '\0^C']);
    at.write(master, '\x13\x11');
    expect(at.read(master, 10)).toBe('\x08');
  });
});

type Step =
  | { do: 'set'; value: { flags: number[]; cc: number[] } }
  | { do: 'type' | 'write'; value: number[] }
  | { do: 'read'; value: number }
  | { do: 'see' | 'count' | 'poll' };

const below = (random: Random, limit: number) => nextU32(random) % limit;
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;
const some = (random: Random, bits: readonly number[], usual: number) =>
  bits.reduce((flags, bit) => (below(random, 4) === 0 ? flags ^ bit : flags), usual);

const IFLAGS = [8, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x4000];
const OFLAGS = [1, 2, 4, 8, 0x10, 0x20, 0x1800];
const LFLAGS = [1, 2, 8, 0x10, 0x20, 0x40, 0x80, 0x200, 0x400, 0x800, 0x8000];
const CCS = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];
const KEYS = [
  ...['abc', 'x y', 'word', 'AZ_', '\t', 'é', '日', '\xff', '\x80', '\xe3\x81', ' ', '\0', '\x01', '~'],
  ...['\n', '\r', '\n', '\x7f', '\x7f\x7f', '\x17', '\x15', '\x16', '\x12', '\x04', '\x03', '\x1a', '\x1c'],
  ...['\x13', '\x11', '\x11', '!', '\b', '\x1b[A'],
];

const bytesOf = (text: string): number[] => {
  const isLatin = [...text].every((c) => c.charCodeAt(0) < 256) && text !== 'é';
  return isLatin ? [...text].map((c) => c.charCodeAt(0)) : [...new TextEncoder().encode(text)];
};

const keys = (random: Random): number[] =>
  Array.from({ length: 1 + below(random, 5) }, () => bytesOf(pick(random, KEYS))).flat();

function settings(random: Random): Step {
  const cc = [...CCS];
  cc[6] = 0;
  if (below(random, 3) === 0) cc[11] = 0x21;
  if (below(random, 4) === 0) cc[16] = 0x7e;
  if (below(random, 6) === 0) cc[2] = 8;
  const flags = [some(random, IFLAGS, 0x500), some(random, OFLAGS, 5), some(random, LFLAGS, 0x8a3b)];
  return { do: 'set', value: { flags, cc } };
}

function stepOf(random: Random): Step {
  const which = below(random, 16);
  if (which < 1) return settings(random);
  if (which < 8) return { do: 'type', value: keys(random) };
  if (which < 10) return { do: 'write', value: keys(random) };
  if (which < 12) return { do: 'read', value: pick(random, [1, 3, 5, 64, 65, 300]) };
  return { do: pick(random, ['see', 'see', 'count', 'poll'] as const) };
}

const scriptOf = (seed: number): Step[] => {
  const random = seededRandom(seed);
  return [settings(random), ...Array.from({ length: 30 }, () => stepOf(random))];
};

const bytesRead = (file: FileId, size: number): unknown => {
  const bytes = new Uint8Array(size);
  const done = at.vfs.ops[at.file(file).kind].read(
    at.vfs,
    at.file(file),
    new BufferTransfer(bytes),
    OWN_POSITION,
  );
  return typeof done === 'number' ? [...bytes.subarray(0, done)] : done;
};

function here(step: Step): unknown {
  switch (step.do) {
    case 'set': {
      const termios = { ...tty.termios, cc: tty.termios.cc.slice() };
      unpackTermios(termios, packTermios(termios, TERMIOS_SIZE));
      const [iflag, oflag, lflag] = step.value.flags;
      Object.assign(termios, { iflag, oflag, lflag });
      termios.cc.set(step.value.cc);
      return ioctl(slave, TCSETS, packTermios(termios, TERMIOS_SIZE));
    }
    case 'type':
      return at.write(master, Uint8Array.from(step.value));
    case 'write':
      return at.write(slave, Uint8Array.from(step.value));
    case 'read':
      return bytesRead(slave, step.value);
    case 'see':
      return bytesRead(master, 8192);
    case 'count': {
      const bytes = new Uint8Array(4);
      ioctl(slave, FIONREAD, bytes);
      return new DataView(bytes.buffer).getInt32(0, true);
    }
    default:
      return at.poll(slave) & 0x1f;
  }
}

const python = inPath('python3');
const player = resolve(import.meta.dirname, '../../test/linux/discipline.py');
const native = (scripts: readonly Step[][], patience: number): unknown[][] =>
  JSON.parse(
    execFileSync(python!, [player, String(patience)], { input: JSON.stringify(scripts), encoding: 'utf8' }),
  );

function ours(script: readonly Step[]): unknown[] {
  at = desk();
  master = open('/dev/ptmx');
  ioctl(master, TIOCSPTLCK, new Uint8Array(4));
  slave = open('/dev/pts/0');
  tty = ttyOf(at.vfs, at.file(master));
  return script.map(here);
}

/** A Linux that is busy is asked again for what it gave otherwise, with more patience each time. */
const PATIENCE = [1, 10, 60];

describe.skipIf(!python)('the line discipline, against this Linux (needs python3)', () => {
  const first = Number(process.env['TTY_SEED'] ?? 1);
  test('gives the same bytes on both sides', { timeout: 120_000 }, () => {
    const scripts = Array.from({ length: Number(process.env['TTY_RUNS'] ?? 30) }, (_, i) =>
      scriptOf(first + i),
    );
    let open = scripts.map((script) => ({ script, ours: ours(script), theirs: [] as unknown[] }));
    for (const patience of PATIENCE) {
      const answers = native(
        open.map(({ script }) => script),
        patience,
      );
      open = open
        .map((each, i) => ({ ...each, theirs: answers[i]! }))
        .filter(({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs));
    }
    const told = (gave: 'ours' | 'theirs') =>
      open.map((each) => each.script.map((step, n) => ({ step, gave: each[gave][n] })));
    expect(told('ours')).toEqual(told('theirs'));
  });
});
