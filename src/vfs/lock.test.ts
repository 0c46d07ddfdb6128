import fc from 'fast-check';
import { expect, test } from 'vitest';
import { desk } from './file-fixture.ts';
import { clearLock, type FileLock, listLocks, lockInTheWay, setLock } from './lock.ts';
import type { InodeId } from './types.ts';

const END = 12;
const step = fc.record({
  do: fc.constantFrom('read', 'write', 'unlock'),
  owner: fc.nat(2),
  start: fc.nat(END),
  length: fc.integer({ min: 1, max: END }),
});

test('locks of byte ranges agree with a table of bytes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { vfs } = desk();
      const inode = 1 as InodeId;
      // Of each byte and owner: 0 nothing, 1 read, 2 write.
      const held = Array.from({ length: 2 * END + 1 }, () => [0, 0, 0]);
      for (const { do: what, owner, start, length } of steps) {
        const end = start + length;
        const exclusive = what === 'write';
        const lock: FileLock = { family: 'posix', owner, exclusive, start, end };
        const bytes = held.slice(start, end);
        if (what === 'unlock') {
          clearLock(vfs, inode, lock);
          for (const byte of bytes) byte[owner] = 0;
          continue;
        }
        const blocked = bytes.some((byte) => byte.some((k, o) => o !== owner && (exclusive ? k > 0 : k > 1)));
        expect(lockInTheWay(vfs, inode, lock) !== undefined).toBe(blocked);
        if (blocked) continue;
        setLock(vfs, inode, lock);
        for (const byte of bytes) byte[owner] = exclusive ? 2 : 1;
      }
      const seen = held.map(() => [0, 0, 0]);
      for (const [, { owner, exclusive, start, end }] of listLocks(vfs))
        for (let i = start; i < end; i++) seen[i]![owner] = exclusive ? 2 : 1;
      expect(seen).toEqual(held);
    }),
    { numRuns: 200 },
  );
});

test('flock and range locks do not see each other', () => {
  const { vfs } = desk();
  const inode = 1 as InodeId;
  const whole = { start: 0, end: Number.POSITIVE_INFINITY, exclusive: true };
  setLock(vfs, inode, { family: 'flock', owner: 1, ...whole });
  expect(lockInTheWay(vfs, inode, { family: 'posix', owner: 2, ...whole })).toBeUndefined();
  expect(lockInTheWay(vfs, inode, { family: 'flock', owner: 2, ...whole })).toBeDefined();
  setLock(vfs, inode, { family: 'posix', owner: 2, ...whole });
  expect(lockInTheWay(vfs, inode, { family: 'ofd', owner: 2, ...whole })).toMatchObject({ family: 'posix' });
});
