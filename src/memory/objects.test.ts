import { expect, test } from 'vitest';
import { type Small, small } from './fixture.ts';
import type { PageObjectId } from './types.ts';

const text = (bytes: Uint8Array) => [...bytes].join(' ');

/** A filled object: every byte of page n is n + 1. */
function fileOf(machine: Small, size: number): PageObjectId {
  machine.memory.objects.filler = { fill: (_id, page, into) => into.fill(page + 1) };
  return machine.memory.objects.create({ size, filled: true }).id;
}

test('reading a file fills its pages once and stops at its end', () => {
  const machine = small(20);
  const { objects } = machine.memory;
  const file = fileOf(machine, 5000);
  const into = new Uint8Array(10);
  expect(objects.read(file, 4090, into)).toBe(10);
  expect(text(into)).toBe('1 1 1 1 1 1 2 2 2 2');
  expect(objects.read(file, 4995, into)).toBe(5);
  expect(objects.read(file, 9999, into)).toBe(0);
  expect(objects.fills).toBe(2);
});

test('bytes beyond the end of a file are zero in its last page', () => {
  const machine = small(20);
  const file = fileOf(machine, 5000);
  const at = machine.spaces.mmap(machine.mm, { length: 8192, prot: 1, object: file }) as number;
  expect(machine.user.readU8(machine.mm, at + 4999)).toBe(2);
  expect(machine.user.readU8(machine.mm, at + 5000)).toBe(0);
});

test('what a truncation cut off never comes back from the image', () => {
  const machine = small(20);
  const { objects } = machine.memory;
  const file = fileOf(machine, 3 * 4096);
  const into = new Uint8Array(2);
  objects.truncate(file, 4097);
  objects.truncate(file, 3 * 4096);
  objects.read(file, 4096, into);
  expect(text(into)).toBe('2 0');
  objects.read(file, 8192, into);
  expect(text(into)).toBe('0 0');
});

test('a truncation takes pages out of every address space, and touching them is SIGBUS', () => {
  const machine = small(40);
  const { memory, spaces, user, mm } = machine;
  const file = fileOf(machine, 3 * 4096);
  const shared = spaces.mmap(mm, { length: 3 * 4096, prot: 3, shared: true, object: file }) as number;
  const copied = spaces.mmap(mm, { length: 3 * 4096, prot: 3, object: file }) as number;
  user.writeU8(mm, copied + 8192, 99);
  user.readU8(mm, shared + 8192);
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  memory.objects.truncate(file, 4096);
  for (const space of [mm, child]) {
    expect(spaces.fault(space, shared + 8192, 'read')).toBe('BUS_ADRERR');
    expect(spaces.fault(space, copied + 8192, 'read')).toBe('BUS_ADRERR');
    expect(user.readU8(space, shared)).toBe(1);
  }
  expect(memory.check()).toEqual([]);
});

test('a shared mapping and write() see each other, a private copy does not change', () => {
  const { memory, spaces, user, mm } = small(40);
  const { id } = memory.objects.create({ size: 4096, filled: false });
  const shared = spaces.mmap(mm, { length: 4096, prot: 3, shared: true, object: id }) as number;
  const copy = spaces.mmap(mm, { length: 4096, prot: 3, object: id }) as number;
  memory.objects.write(id, 0, Uint8Array.of(7));
  expect([user.readU8(mm, shared), user.readU8(mm, copy)]).toEqual([7, 7]);
  user.writeU8(mm, copy, 8);
  user.writeU8(mm, shared, 9);
  const into = new Uint8Array(1);
  memory.objects.read(id, 0, into);
  expect([into[0], user.readU8(mm, copy)]).toEqual([9, 8]);
});

test('a punched hole reads as zero, also where an image lies below', () => {
  const machine = small(40);
  const { objects } = machine.memory;
  const file = fileOf(machine, 4 * 4096);
  objects.punchHole(file, 4095, 4098);
  const into = new Uint8Array(3);
  objects.read(file, 4094, into);
  expect(text(into)).toBe('1 0 0');
  objects.read(file, 8192, into);
  expect(text(into)).toBe('0 3 3');
  const { id } = objects.create({ size: 3 * 4096, filled: false });
  objects.write(id, 0, new Uint8Array(3 * 4096).fill(5));
  const before = machine.memory.frames.free;
  objects.punchHole(id, 0, 3 * 4096);
  expect(machine.memory.frames.free).toBe(before + 3);
});

test('clean pages of files make room when memory runs out, dirty and mapped ones stay', () => {
  const machine = small(24);
  const { memory, spaces, user, mm } = machine;
  const file = fileOf(machine, 16 * 4096);
  memory.objects.read(file, 0, new Uint8Array(16 * 4096));
  memory.objects.write(file, 0, Uint8Array.of(77));
  const mapped = spaces.mmap(mm, { length: 4096, prot: 1, object: file, offset: 4096 }) as number;
  user.readU8(mm, mapped);
  const at = spaces.mmap(mm, { length: 13 * 4096, prot: 3 }) as number;
  for (let i = 0; i < 13; i++) expect(user.writeU8(mm, at + i * 4096, 1)).toBe(true);
  const into = new Uint8Array(1);
  memory.objects.read(file, 0, into);
  expect([into[0], user.readU8(mm, mapped)]).toEqual([77, 2]);
  expect(memory.check()).toEqual([]);
});

test('a file can be read when not one frame is free', () => {
  const machine = small(4);
  const { memory, spaces, user, mm } = machine;
  const file = fileOf(machine, 8192);
  const at = spaces.mmap(mm, { length: 4096, prot: 3 }) as number;
  user.writeU8(mm, at, 1);
  expect(memory.frames.free).toBe(0);
  const into = new Uint8Array(2);
  expect(memory.objects.read(file, 4095, into)).toBe(2);
  expect(text(into)).toBe('1 2');
  expect(memory.objects.write(file, 0, into)).toBe(0);
});

test('the kernel tells the processor which frames it wrote and freed', () => {
  const { memory, tlb } = small(10);
  const { id } = memory.objects.create({ size: 0, filled: false });
  memory.objects.write(id, 0, Uint8Array.of(1));
  const frame = memory.objects.page(id, 0, false);
  expect(tlb.written).toEqual([frame]);
  memory.objects.release(id);
  expect(tlb.freed).toEqual([frame]);
});
