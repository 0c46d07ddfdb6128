import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { O, SIGNAL } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import { BufferTransfer } from './buffer.ts';
import { DISK_DEVICE, deviceInterrupt } from './disk.ts';
import { type Desk, desk, waitsOn } from './file-fixture.ts';
import { inodeOf, setSize } from './inode.ts';
import { addSeals, newMemfd, sealsOf } from './memfd.ts';
import { openPath } from './open.ts';
import type { FileId, Wait } from './types.ts';

const open = (at: Desk, path: string, flags: number) =>
  openPath(at.vfs, at.who, at.root, path, { flags, mode: 0o644 }) as FileId;

const LIMIT = 20_000;
const step = fc.oneof(
  fc.record({ do: fc.constant('write' as const), at: fc.nat(LIMIT), length: fc.nat(9000) }),
  fc.record({ do: fc.constant('read' as const), at: fc.nat(LIMIT), length: fc.nat(9000) }),
  fc.record({ do: fc.constant('truncate' as const), at: fc.nat(LIMIT), length: fc.constant(0) }),
);

describe('a regular file', () => {
  test.each(['in memory', 'over a layer'])(
    '%s is an array of bytes, with zeros where nobody wrote',
    (where) => {
      const text = where === 'in memory' ? '' : 'from the layer '.repeat(700);
      fc.assert(
        fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
          const at = desk({ file: text });
          const file = open(at, '/file', O.O_RDWR);
          const model = new Uint8Array(3 * LIMIT);
          model.set(Buffer.from(text));
          let size = text.length;
          let fill = 0;
          for (const s of steps) {
            if (s.do === 'write') {
              const bytes = new Uint8Array(s.length).fill(++fill);
              expect(at.write(file, bytes, s.at)).toBe(s.length);
              model.set(bytes, s.at);
              if (s.length > 0) size = Math.max(size, s.at + s.length);
            } else if (s.do === 'truncate') {
              setSize(at.vfs, inodeOf(at.vfs, at.file(file).inode), s.at);
              model.fill(0, s.at);
              size = s.at;
            } else {
              const into = new Uint8Array(s.length);
              const got = at.vfs.ops.regular.read(at.vfs, at.file(file), new BufferTransfer(into), s.at);
              expect(got).toBe(Math.max(0, Math.min(s.length, size - s.at)));
              expect(into.subarray(0, got as number)).toEqual(model.subarray(s.at, s.at + (got as number)));
            }
          }
          expect(inodeOf(at.vfs, at.file(file).inode).size).toBe(size);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('opened with O_APPEND is always written at its end', () => {
    const at = desk({ file: 'abc' });
    const file = open(at, '/file', O.O_RDWR | O.O_APPEND);
    at.write(file, 'd', 0);
    expect(at.read(file, 9, 0)).toBe('abcd');
  });

  test('grows no further than RLIMIT_FSIZE allows', () => {
    const at = desk({ file: '' });
    const file = open(at, '/file', O.O_RDWR);
    at.around.fsize = 10;
    expect(at.write(file, 'x'.repeat(8))).toBe(8);
    expect(at.write(file, 'x'.repeat(8))).toBe(2);
    expect(at.write(file, 'x')).toBe('EFBIG');
    expect(at.around.signals).toEqual([{ to: 0, signo: SIGNAL.SIGXFSZ }]);
  });

  test('loses its set-id bits when it is written', () => {
    const at = desk({ file: '' });
    const file = open(at, '/file', O.O_RDWR);
    const inode = inodeOf(at.vfs, at.file(file).inode);
    inode.mode = 0o6755;
    at.write(file, 'x');
    expect(inode.mode).toBe(0o755);
  });

  test('tells where data and holes are', () => {
    const at = desk();
    const file = open(at, '/new', O.O_RDWR | O.O_CREAT);
    at.write(file, 'x', 10_000);
    const seek = (offset: number, whence: number) =>
      at.vfs.ops.regular.seek!(at.vfs, at.file(file), offset, whence);
    expect([seek(0, 3), seek(0, 4), seek(9000, 4), seek(10_001, 3)]).toEqual([8192, 0, 10_001, 'ENXIO']);
  });
});

describe('a disk with a service time', () => {
  let at: Desk;
  let file: FileId;
  const size = 40 * 4096;
  beforeEach(() => {
    at = desk({ file: 'x'.repeat(size) });
    at.vfs.disk.serviceTime = 100 as Nanos;
    file = open(at, '/file', O.O_RDONLY);
  });

  test('makes a reader wait for pages that are not cached', () => {
    const wait = at.read(file, 10);
    expect(wait).toMatchObject({ on: 'disk', uninterruptible: true });
    expect(at.around.timers).toEqual([{ kind: 'device', at: 100, id: DISK_DEVICE }]);
    expect(at.read(file, 10)).toEqual(wait);
    deviceInterrupt(at.vfs, DISK_DEVICE);
    expect(at.around.woken).toContain((wait as Wait).queues[0]);
    expect(at.read(file, 10)).toBe('x'.repeat(10));
  });

  test('serves requests one after the other, 32 pages at a time', () => {
    expect(waitsOn(at.read(file, 10, 0))).toBe('disk');
    expect(waitsOn(at.read(file, 10, 36 * 4096))).toBe('disk');
    expect(at.around.timers).toHaveLength(1);
    at.around.now = 100;
    deviceInterrupt(at.vfs, DISK_DEVICE);
    expect(at.around.timers[1]).toEqual({ kind: 'device', at: 200, id: DISK_DEVICE });
    expect(at.read(file, 10, 31 * 4096)).toBe('x'.repeat(10));
    expect(waitsOn(at.read(file, 4096 * 2, 35 * 4096))).toBe('disk');
    expect(at.vfs.disk).toMatchObject({ reads: 1, readPages: 32 });
  });

  test('lets a read that crosses into what is not cached keep what it has', () => {
    at.read(file, 10);
    deviceInterrupt(at.vfs, DISK_DEVICE);
    expect(waitsOn(at.read(file, size))).toBe('disk');
    expect(at.file(file).pos).toBe(32 * 4096);
  });
});

describe('a sealed memfd', () => {
  test('refuses what its seals forbid', () => {
    const at = desk();
    const file = newMemfd(at.vfs, { name: 'm', mayBeSealed: true, noExec: false, uid: 0, gid: 0 });
    at.write(file, 'abc');
    expect(addSeals(at.vfs, at.file(file), 4)).toBe(0);
    expect(at.write(file, 'd')).toBe('EPERM');
    expect(at.write(file, 'x', 0)).toBe(1);
    expect(addSeals(at.vfs, at.file(file), 8 | 1)).toBe(0);
    expect(at.write(file, 'x', 0)).toBe('EPERM');
    expect(addSeals(at.vfs, at.file(file), 2)).toBe('EPERM');
    expect(sealsOf(at.vfs, at.file(file))).toBe(13);
  });
});
