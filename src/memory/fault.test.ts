import { expect, test } from 'vitest';
import { type Small, small } from './fixture.ts';
import type { Mm } from './types.ts';

const PAGE = 4096;
const NONE = { addressSpace: Infinity, data: Infinity, stack: 8 * PAGE };

function forked({ spaces }: Small, mm: Mm): Mm {
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  return child;
}

test('untouched memory reads as zero without using a frame, and gets one when it is written', () => {
  const { memory, spaces, user, mm } = small(20);
  const at = spaces.mmap(mm, { length: PAGE, prot: 3 }) as number;
  expect(spaces.fault(mm, at, 'read')).toBe('demand-zero');
  expect([user.readU32(mm, at), mm.rssAnon, memory.usage().anonymous]).toEqual([0, 0, 0]);
  expect(spaces.fault(mm, at, 'write')).toBe('demand-zero');
  expect([user.readU32(mm, at), mm.rssAnon, memory.usage().anonymous]).toEqual([0, 1, 1]);
  expect(mm.minorFaults).toBe(2);
});

test('accesses a mapping does not grant are refused as Linux refuses them', () => {
  const { spaces, mm } = small(20);
  const code = spaces.mmap(mm, { length: PAGE, prot: 5 }) as number;
  const data = spaces.mmap(mm, { length: PAGE, prot: 3 }) as number;
  const guard = spaces.mmap(mm, { length: PAGE, prot: 0 }) as number;
  const writeOnly = spaces.mmap(mm, { length: PAGE, prot: 2 }) as number;
  expect(spaces.fault(mm, code, 'write')).toBe('SEGV_ACCERR');
  expect(spaces.fault(mm, data, 'exec')).toBe('SEGV_ACCERR');
  expect(spaces.fault(mm, guard, 'read')).toBe('SEGV_ACCERR');
  expect(spaces.fault(mm, writeOnly, 'read')).toBe('demand-zero');
  expect(spaces.fault(mm, 64, 'read')).toBe('SEGV_MAPERR');
  for (const wild of [2 ** 38, 2 ** 52, -8, Number.NaN]) {
    expect(spaces.fault(mm, wild, 'write')).toBe('SEGV_MAPERR');
  }
});

test('a fork gives back the tables of what it leaves out', () => {
  const { memory, spaces, user, mm } = small(60);
  const DONTFORK = 10;
  for (const at of [0x40000000, 0x40300000, 0x40302000, 0x40304000, 0x40600000, 0x40602000]) {
    spaces.mmap(mm, { addr: at, length: PAGE, prot: 3, fixed: true });
    user.writeU8(mm, at, 1);
    if (at !== 0x40602000) expect(spaces.madvise(mm, at, PAGE, DONTFORK)).toBe(0);
  }
  const { free } = memory.frames;
  const child = forked({ spaces } as Small, mm);
  expect(child.vmas.map(({ start }) => start)).toEqual([0x40602000]);
  expect(memory.check()).toEqual([]);
  spaces.release(child);
  expect(memory.check()).toEqual([]);
  expect(memory.frames.free).toBe(free);
});

test('each of a chain of forks keeps its own copy, and all frames come back', () => {
  const machine = small(400);
  const { memory, spaces, user, mm } = machine;
  const at = spaces.mmap(mm, { length: 40 * PAGE, prot: 3 }) as number;
  for (let i = 0; i < 40; i++) user.writeU32(mm, at + i * PAGE, 1);
  const chain = [mm];
  for (let generation = 2; generation < 8; generation++) {
    const child = forked(machine, chain.at(-1)!);
    for (let i = 0; i < generation; i++) user.writeU32(child, at + i * PAGE, generation);
    chain.push(child);
    expect(memory.check()).toEqual([]);
  }
  chain.forEach((space, i) => {
    const expected = Array.from({ length: 10 }, (_, k) => {
      const writers = Array.from({ length: i }, (_, g) => g + 2).filter((generation) => k < generation);
      return writers.at(-1) ?? 1;
    });
    expect(Array.from({ length: 10 }, (_, k) => user.readU32(space, at + k * PAGE))).toEqual(expected);
  });
  for (const space of [chain[3]!, chain[0]!, ...chain.filter((_, i) => i !== 0 && i !== 3)]) {
    spaces.release(space);
    expect(memory.check()).toEqual([]);
  }
  expect(memory.frames.free).toBe(399);
});

test('fork copies no leaf table until somebody writes, and an exit gives the pages back without a copy', () => {
  const machine = small(400);
  const { memory, spaces, user, mm } = machine;
  const at = spaces.mmap(mm, { length: 300 * PAGE, prot: 3 }) as number;
  for (let i = 0; i < 300; i++) user.writeU32(mm, at + i * PAGE, 1);
  const before = memory.frames.free;
  const child = forked(machine, mm);
  expect(before - memory.frames.free).toBe(2);
  spaces.release(child);
  expect(spaces.fault(mm, at, 'write')).toBe('spurious');
  expect(spaces.fault(mm, at + PAGE, 'write')).toBe('spurious');
  expect(memory.frames.free).toBe(before);
});

test('the last owner of a copied page writes it in place', () => {
  const machine = small(60);
  const { spaces, user, mm } = machine;
  const at = spaces.mmap(mm, { length: PAGE, prot: 3 }) as number;
  user.writeU32(mm, at, 1);
  const child = forked(machine, mm);
  expect(spaces.fault(child, at, 'write')).toBe('copy-on-write');
  expect(spaces.fault(mm, at, 'write')).toBe('spurious');
});

test('shared memory is one for parent and child, also where it was first touched after the fork', () => {
  const machine = small(60);
  const { memory, spaces, user, mm } = machine;
  const at = spaces.mmap(mm, { length: 2 * PAGE, prot: 3, shared: true }) as number;
  user.writeU32(mm, at, 1);
  const child = forked(machine, mm);
  user.writeU32(child, at, 2);
  user.writeU32(mm, at + PAGE, 3);
  expect([user.readU32(mm, at), user.readU32(child, at + PAGE)]).toEqual([2, 3]);
  expect([mm.rssShmem, child.rssShmem]).toEqual([2, 2]);
  expect(memory.check()).toEqual([]);
});

test('a stack grows to its limit, keeps away from what lies below, and from nothing else', () => {
  const { memory, spaces, mm } = small(60);
  const top = 2 ** 37;
  spaces.mmap(mm, { addr: top - PAGE, length: PAGE, prot: 3, fixed: true, growsDown: true, name: '[stack]' });
  expect(spaces.fault(mm, top - 3 * PAGE, 'write', NONE)).toBe('stack-growth');
  expect(mm.vmas[0]!.start).toBe(top - 3 * PAGE);
  expect(spaces.fault(mm, top - 9 * PAGE, 'write', NONE)).toBe('SEGV_MAPERR');
  expect(spaces.fault(mm, top - 8 * PAGE, 'write', NONE)).toBe('stack-growth');
  spaces.mmap(mm, { addr: top - 300 * PAGE, length: PAGE, prot: 3, fixed: true });
  const far = { ...NONE, stack: 2 ** 30 };
  expect(spaces.fault(mm, top - 44 * PAGE, 'write', far)).toBe('SEGV_MAPERR');
  expect(spaces.fault(mm, top - 43 * PAGE, 'write', far)).toBe('stack-growth');
  expect(memory.check()).toEqual([]);
});

test('the kernel grows a stack by its own copies, too', () => {
  const { spaces, user, mm } = small(60);
  const top = 2 ** 37;
  spaces.mmap(mm, { addr: top - PAGE, length: PAGE, prot: 3, fixed: true, growsDown: true });
  mm.stackLimit = 4 * PAGE;
  expect(user.copyOut(mm, top - 4 * PAGE, new Uint8Array(100))).toBe(true);
  expect(user.copyOut(mm, top - 5 * PAGE, new Uint8Array(100))).toBe(false);
});

test('reading a file maps the cached pages around with one fault', () => {
  const { memory, spaces, mm } = small(60);
  memory.objects.filler = { fill: (_id, page, into) => into.fill(page) };
  const file = memory.objects.create({ size: 40 * PAGE, filled: true }).id;
  memory.objects.read(file, 0, new Uint8Array(20 * PAGE));
  const at = spaces.mmap(mm, { addr: 2 ** 30, length: 40 * PAGE, prot: 5, object: file }) as number;
  expect(spaces.fault(mm, at + 3 * PAGE, 'exec')).toBe('file');
  expect([mm.rssFile, mm.minorFaults, mm.majorFaults]).toEqual([16, 1, 0]);
  expect(spaces.fault(mm, at + 30 * PAGE, 'read')).toBe('file');
  expect([mm.rssFile, mm.minorFaults, mm.majorFaults]).toEqual([21, 1, 1]);
  expect(memory.check()).toEqual([]);
});

test('memory that runs out is told, and the same access works once there is some', () => {
  const { memory, spaces, user, mm } = small(6);
  const at = spaces.mmap(mm, { length: 8 * PAGE, prot: 3 }) as number;
  const outcomes = Array.from({ length: 4 }, (_, i) => spaces.fault(mm, at + i * PAGE, 'write'));
  expect(outcomes).toEqual(['demand-zero', 'demand-zero', 'out-of-memory', 'out-of-memory']);
  expect(user.writeU32(mm, at + 2 * PAGE, 1)).toBe(false);
  expect(spaces.fork(mm)).toBe('ENOMEM');
  expect(spaces.create()).toBe('ENOMEM');
  spaces.munmap(mm, at, PAGE);
  expect(spaces.fault(mm, at + 2 * PAGE, 'write')).toBe('demand-zero');
  expect(memory.check()).toEqual([]);
});
