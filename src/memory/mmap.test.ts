import { expect, test } from 'vitest';
import { small } from './fixture.ts';
import { NO_ASID, USER_END } from './layout.ts';
import type { Mm } from './types.ts';

const PAGE = 4096;
const MIB = 2 ** 20;

/** The mappings, a line each: first page, pages, protection. */
const maps = (mm: Mm, base: number) =>
  mm.vmas.map(({ start, end, prot }) => `${(start - base) / PAGE}+${(end - start) / PAGE}:${prot}`).join(' ');

test('mmap goes down from the top and merges with an equal neighbour', () => {
  const { spaces, mm } = small(20);
  const first = spaces.mmap(mm, { length: PAGE, prot: 3 });
  const second = spaces.mmap(mm, { length: 5000, prot: 3 });
  expect([first, second]).toEqual([mm.mmapTop - PAGE, mm.mmapTop - 3 * PAGE]);
  expect(maps(mm, mm.mmapTop)).toBe('-3+3:3');
});

test('a free hint is honoured, a taken one is not', () => {
  const { spaces, mm } = small(20);
  expect(spaces.mmap(mm, { addr: 5 * MIB + 1, length: PAGE, prot: 1 })).toBe(5 * MIB + PAGE);
  expect(spaces.mmap(mm, { addr: 5 * MIB, length: 2 * PAGE, prot: 1 })).toBe(mm.mmapTop - 2 * PAGE);
  expect(spaces.mmap(mm, { addr: 1, length: PAGE, prot: 0 })).toBe(65536);
});

test('the highest hole that is large enough is taken', () => {
  const { spaces, mm } = small(20);
  const top = mm.mmapTop;
  spaces.mmap(mm, { addr: top - 100 * PAGE, length: 100 * PAGE, prot: 1, fixed: true });
  spaces.munmap(mm, top - 90 * PAGE, 4 * PAGE);
  spaces.munmap(mm, top - 50 * PAGE, 2 * PAGE);
  expect(spaces.mmap(mm, { length: 3 * PAGE, prot: 3 })).toBe(top - 89 * PAGE);
  expect(spaces.mmap(mm, { length: 2 * PAGE, prot: 3 })).toBe(top - 50 * PAGE);
});

test('mmap leaves room below a stack', () => {
  const { spaces, mm } = small(20);
  const stack = mm.mmapTop - 10 * PAGE;
  spaces.mmap(mm, { addr: stack, length: 10 * PAGE, prot: 3, fixed: true, growsDown: true });
  expect(spaces.mmap(mm, { length: PAGE, prot: 3 })).toBe(stack - 257 * PAGE);
});

test('mmap refuses what man 2 mmap says it refuses', () => {
  const { spaces, mm } = small(20);
  expect(spaces.mmap(mm, { length: 0, prot: 1 })).toBe('EINVAL');
  expect(spaces.mmap(mm, { length: PAGE, prot: 1, offset: 100 })).toBe('EINVAL');
  expect(spaces.mmap(mm, { addr: 4097, length: PAGE, prot: 1, fixed: true })).toBe('EINVAL');
  expect(spaces.mmap(mm, { addr: 4096, length: PAGE, prot: 1, fixed: true })).toBe('EPERM');
  expect(spaces.mmap(mm, { addr: USER_END, length: PAGE, prot: 1, fixed: true })).toBe('ENOMEM');
  expect(spaces.mmap(mm, { length: 2 ** 60, prot: 1 })).toBe('ENOMEM');
  spaces.mmap(mm, { addr: MIB, length: PAGE, prot: 1, fixed: true });
  expect(spaces.mmap(mm, { addr: MIB, length: PAGE, prot: 1, noReplace: true })).toBe('EEXIST');
  const limits = { addressSpace: 3 * PAGE, data: PAGE, stack: 0 };
  expect(spaces.mmap(mm, { length: 3 * PAGE, prot: 1, limits })).toBe('ENOMEM');
  expect(spaces.mmap(mm, { length: 2 * PAGE, prot: 3, limits })).toBe('ENOMEM');
  expect(spaces.mmap(mm, { length: 2 * PAGE, prot: 1, limits })).toBeTypeOf('number');
});

test('tens of GiB can be reserved without a frame', () => {
  const { memory, spaces, mm } = small(20);
  const before = memory.frames.free;
  const at = spaces.mmap(mm, { length: 100 * 2 ** 30, prot: 0 }) as number;
  expect(spaces.munmap(mm, at + 2 ** 30, 90 * 2 ** 30)).toBe(0);
  expect(memory.frames.free).toBe(before);
});

test('munmap gives frames and the tables nobody needs any more back', () => {
  const { memory, spaces, user, mm } = small(40);
  const before = memory.frames.free;
  const at = spaces.mmap(mm, { addr: 4 * MIB, length: 10 * PAGE, prot: 3 }) as number;
  user.clear(mm, at, 10 * PAGE);
  spaces.munmap(mm, at + 2 * PAGE, 3 * PAGE);
  expect(maps(mm, at)).toBe('0+2:3 5+5:3');
  expect(mm.rssAnon).toBe(7);
  spaces.munmap(mm, at, 10 * PAGE);
  expect([mm.rssAnon, mm.rssPeak, memory.frames.free]).toEqual([0, 10, before - 1]);
  expect(spaces.munmap(mm, at + 1, PAGE)).toBe('EINVAL');
  expect(spaces.munmap(mm, at, 0)).toBe('EINVAL');
});

test('mprotect splits and merges, and stops at a gap with ENOMEM', () => {
  const { spaces, mm } = small(20);
  const at = spaces.mmap(mm, { length: 6 * PAGE, prot: 3 }) as number;
  expect(spaces.mprotect(mm, at + PAGE, 2 * PAGE, 1)).toBe(0);
  expect(maps(mm, at)).toBe('0+1:3 1+2:1 3+3:3');
  expect(spaces.mprotect(mm, at + PAGE, 2 * PAGE, 3)).toBe(0);
  expect(maps(mm, at)).toBe('0+6:3');
  spaces.munmap(mm, at + 2 * PAGE, PAGE);
  expect(spaces.mprotect(mm, at + PAGE, 4 * PAGE, 1)).toBe('ENOMEM');
  expect(maps(mm, at)).toBe('0+1:3 1+1:1 3+3:3');
  expect(spaces.mprotect(mm, at + 1, PAGE, 1)).toBe('EINVAL');
  expect(spaces.mprotect(mm, at, PAGE, 64)).toBe('EINVAL');
  expect(spaces.mprotect(mm, at, 0, 1)).toBe(0);
});

test('a shared mapping of a file opened for reading cannot become writable', () => {
  const { memory, spaces, mm } = small(20);
  const { id } = memory.objects.create({ size: PAGE, filled: false });
  const request = { length: PAGE, prot: 1, object: id, shared: true, mayWrite: false };
  const at = spaces.mmap(mm, request) as number;
  expect(spaces.mprotect(mm, at, PAGE, 3)).toBe('EACCES');
});

test('brk grows, shrinks and stays where it cannot move', () => {
  const { spaces, user, mm } = small(40);
  mm.brkStart = mm.brk = 8 * MIB + 100;
  expect(spaces.brk(mm, 0)).toBe(8 * MIB + 100);
  expect(spaces.brk(mm, 8 * MIB + 200)).toBe(8 * MIB + 200);
  expect(mm.vmas).toHaveLength(0);
  expect(spaces.brk(mm, 9 * MIB)).toBe(9 * MIB);
  expect(mm.vmas.map(({ name }) => name)).toEqual(['[heap]']);
  expect(user.writeU8(mm, 9 * MIB - 1, 1)).toBe(true);
  expect(spaces.brk(mm, 8 * MIB + PAGE)).toBe(8 * MIB + PAGE);
  expect(spaces.brk(mm, 9 * MIB)).toBe(9 * MIB);
  expect(user.readU8(mm, 9 * MIB - 1)).toBe(0);
  spaces.mmap(mm, { addr: 10 * MIB, length: PAGE, prot: 1, fixed: true });
  expect(spaces.brk(mm, 10 * MIB)).toBe(9 * MIB);
  expect(spaces.brk(mm, 2 ** 40)).toBe(9 * MIB);
  const limits = { addressSpace: Infinity, data: MIB, stack: 0 };
  expect(spaces.brk(mm, 9 * MIB + PAGE, limits)).toBe(9 * MIB);
});

test('mremap shrinks, grows in place, moves, and refuses', () => {
  const { memory, spaces, user, mm } = small(60);
  const at = spaces.mmap(mm, { addr: 4 * MIB, length: 4 * PAGE, prot: 3 }) as number;
  for (let i = 0; i < 4; i++) user.writeU32(mm, at + i * PAGE, i + 1);
  const remap = (oldPages: number, newPages: number, more = {}) =>
    spaces.mremap(mm, { addr: at, oldLength: oldPages * PAGE, newLength: newPages * PAGE, ...more });
  expect(remap(4, 3)).toBe(at);
  expect(remap(3, 5)).toBe(at);
  expect(user.readU32(mm, at + 3 * PAGE)).toBe(0);
  spaces.mmap(mm, { addr: at + 5 * PAGE, length: PAGE, prot: 1, fixed: true });
  expect(remap(5, 6)).toBe('ENOMEM');
  const moved = remap(5, 6, { mayMove: true }) as number;
  expect(user.readU32(mm, moved + 2 * PAGE)).toBe(3);
  expect(user.readU32(mm, at)).toBeUndefined();
  expect(remap(1, 1)).toBe('EFAULT');
  expect(spaces.mremap(mm, { addr: moved, oldLength: 9 * PAGE, newLength: 10 * PAGE })).toBe('EFAULT');
  expect(spaces.mremap(mm, { addr: moved, oldLength: PAGE, newLength: 0 })).toBe('EINVAL');
  expect(spaces.mremap(mm, { addr: moved, oldLength: 0, newLength: PAGE, mayMove: true })).toBe('EINVAL');
  const fixed = { addr: moved, oldLength: 6 * PAGE, newLength: 2 * PAGE, fixed: true, newAddr: 32 * MIB };
  expect(spaces.mremap(mm, fixed)).toBe('EINVAL');
  expect(spaces.mremap(mm, { ...fixed, mayMove: true, newAddr: moved + PAGE })).toBe('EINVAL');
  expect(spaces.mremap(mm, { ...fixed, mayMove: true })).toBe(32 * MIB);
  expect(user.readU32(mm, 32 * MIB + PAGE)).toBe(2);
  expect(memory.check()).toEqual([]);
});

test('mremap may leave an empty mapping behind, or make a second view of shared memory', () => {
  const { memory, spaces, user, mm } = small(60);
  const at = spaces.mmap(mm, { length: PAGE, prot: 3 }) as number;
  user.writeU32(mm, at, 7);
  const twin = { addr: at, oldLength: PAGE, newLength: PAGE, mayMove: true, dontUnmap: true };
  const moved = spaces.mremap(mm, twin) as number;
  expect([user.readU32(mm, moved), user.readU32(mm, at)]).toEqual([7, 0]);
  const shared = spaces.mmap(mm, { length: PAGE, prot: 3, shared: true }) as number;
  const view = spaces.mremap(mm, { addr: shared, oldLength: 0, newLength: PAGE, mayMove: true }) as number;
  user.writeU32(mm, view, 9);
  expect(user.readU32(mm, shared)).toBe(9);
  expect(memory.check()).toEqual([]);
});

test('madvise discards, marks for fork, and knows what it does not know', () => {
  const { memory, spaces, user, mm } = small(90);
  const at = spaces.mmap(mm, { length: 6 * PAGE, prot: 3 }) as number;
  for (let i = 0; i < 6; i++) user.writeU32(mm, at + i * PAGE, i + 1);
  expect(spaces.madvise(mm, at, PAGE, 4)).toBe(0);
  expect(user.readU32(mm, at)).toBe(0);
  expect(spaces.madvise(mm, at + PAGE, PAGE, 10)).toBe(0);
  expect(spaces.madvise(mm, at + 2 * PAGE, PAGE, 18)).toBe(0);
  expect(spaces.madvise(mm, at, PAGE, 99)).toBe('EINVAL');
  expect(spaces.madvise(mm, at + 1, PAGE, 4)).toBe('EINVAL');
  expect(spaces.madvise(mm, at, 7 * PAGE, 0)).toBe('ENOMEM');
  expect(spaces.madvise(mm, 2 ** 40, PAGE, 0)).toBe('ENOMEM');
  expect(spaces.madvise(mm, at, 2 ** 64, 0)).toBe('EINVAL');
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  const seen = [0, 1, 2, 3].map((i) => user.readU32(child, at + i * PAGE));
  expect(seen).toEqual([0, undefined, 0, 4]);
  expect(user.readU32(mm, at + 2 * PAGE)).toBe(3);
  expect(memory.check()).toEqual([]);
});

test('msync, mincore and mlock answer as their manual pages say', () => {
  const { spaces, user, mm } = small(40);
  const at = spaces.mmap(mm, { length: 3 * PAGE, prot: 3 }) as number;
  user.writeU8(mm, at + PAGE, 1);
  expect([...(spaces.mincore(mm, at, 3 * PAGE) as Uint8Array)]).toEqual([0, 1, 0]);
  expect(spaces.mincore(mm, at, 4 * PAGE)).toBe('ENOMEM');
  expect(spaces.msync(mm, at, PAGE, 5)).toBe('EINVAL');
  expect(spaces.msync(mm, at, 4 * PAGE, 4)).toBe('ENOMEM');
  expect(spaces.msync(mm, at, PAGE, 4)).toBe(0);
  expect(spaces.mlock(mm, at, PAGE, 'locked')).toBe(0);
  expect(spaces.msync(mm, at, PAGE, 2)).toBe('EBUSY');
  expect([...(spaces.mincore(mm, at, 3 * PAGE) as Uint8Array)]).toEqual([1, 1, 0]);
  expect(spaces.mlock(mm, at, 9 * PAGE, 'locked')).toBe('ENOMEM');
});

test('tags are never shared by two live address spaces, however often they are renewed', () => {
  const machine = small(60);
  const { spaces, tlb } = machine;
  const live = [machine.mm, ...Array.from({ length: 4 }, () => spaces.create() as Mm)];
  tlb.cached.set('old', { frame: 1, write: false });
  for (let i = 0; i < 2 * NO_ASID; i++) {
    const parent = live[i % live.length]!;
    const child = spaces.fork(parent) as Mm;
    const tags = [...live, child].map((mm) => spaces.activate(mm));
    expect(new Set(tags).size).toBe(live.length + 1);
    expect(Math.min(...tags) > 0 && Math.max(...tags) < NO_ASID).toBe(true);
    spaces.release(child);
  }
  expect(tlb.cached.size).toBe(0);
});
