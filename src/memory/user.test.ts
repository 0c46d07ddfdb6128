import fc from 'fast-check';
import { expect, test } from 'vitest';
import { small } from './fixture.ts';
import { HART_ASID, HART_ROOT } from './layout.ts';

const PAGE = 4096;

/** Two writable pages, one for reading, and nothing behind. */
function ground() {
  const machine = small(40);
  const at = machine.spaces.mmap(machine.mm, { length: 3 * PAGE, prot: 3 }) as number;
  machine.user.clear(machine.mm, at, 3 * PAGE);
  machine.spaces.mprotect(machine.mm, at + 2 * PAGE, PAGE, 1);
  return { ...machine, at };
}

test('numbers of every width come back from any address', () => {
  const { user, mm, at } = ground();
  const signed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const wide = fc.maxSafeInteger();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * PAGE - 8 }), signed, wide, (offset, small32, value) => {
      const to = at + offset;
      expect(user.writeU64(mm, to, value)).toBe(true);
      expect(user.readI64(mm, to)).toBe(value);
      expect(user.readU64(mm, to)).toBe(value < 0 ? 2 ** 64 + value : value);
      expect(user.writeU32(mm, to, small32)).toBe(true);
      expect([user.readI32(mm, to), user.readU32(mm, to)]).toEqual([small32, small32 >>> 0]);
      expect(user.readU16(mm, to)).toBe(small32 & 0xffff);
      expect(user.writeU16(mm, to, 0xbeef) && user.readU16(mm, to)).toBe(0xbeef);
      expect(user.writeU8(mm, to, 0x17f) && user.readU8(mm, to)).toBe(0x7f);
    }),
  );
});

test('bytes go through page borders, and stop where memory does', () => {
  const { user, mm, at } = ground();
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i);
  expect(user.copyOut(mm, at + 1000, bytes)).toBe(true);
  const back = new Uint8Array(5000);
  expect(user.copyIn(mm, at + 1000, back)).toBe(true);
  expect(back).toEqual(bytes);
  expect(user.copyIn(mm, at + 3 * PAGE - 10, new Uint8Array(11))).toBe(false);
  expect(user.copyOut(mm, at + 2 * PAGE - 10, new Uint8Array(11))).toBe(false);
  expect(user.copyIn(mm, 0, new Uint8Array(0))).toBe(true);
});

test('bytes go through pages that lie anywhere in physical memory, and are taken in pieces of them', () => {
  const pages = 8;
  const part = fc.tuple(fc.nat(pages * PAGE), fc.nat(pages * PAGE));
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(pages).keys()]), part, ([...order], [from, length]) => {
      const { user, mm, spaces } = small(40);
      const at = spaces.mmap(mm, { length: pages * PAGE, prot: 3 }) as number;
      for (const page of order) user.writeU8(mm, at + page * PAGE, 1);
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8));
      const room = Math.min(length, pages * PAGE - from);
      expect(user.copyOutUpTo(mm, at + from, bytes, 0, length)).toBe(room);
      const back = new Uint8Array(length + 2);
      expect(user.copyInUpTo(mm, at + from, back, 1, length + 1)).toBe(room);
      expect(back.subarray(1, room + 1)).toEqual(bytes.subarray(0, room));
      expect([back[0], back[room + 1]]).toEqual([0, 0]);
    }),
    { numRuns: 40 },
  );
});

test('a page that is copied for a write has what the same write put into the page it shares', () => {
  const { user, mm, spaces, memory } = small(40);
  const object = memory.objects.create({ size: PAGE, filled: false }).id;
  const at = spaces.mmap(mm, { length: PAGE, prot: 3, shared: true, object }) as number;
  spaces.mmap(mm, { addr: at + PAGE, length: PAGE, prot: 3, object, fixed: true });
  user.readU8(mm, at + PAGE);
  const bytes = new Uint8Array(PAGE + 1).fill(9);
  expect(user.copyOut(mm, at, bytes)).toBe(true);
  expect([user.readU8(mm, at + PAGE), user.readU8(mm, at + PAGE + 1)]).toEqual([9, 9]);
});

test('strings end at their zero, within their limit, and not beyond memory', () => {
  const { user, mm, at } = ground();
  const text = 'häßlich\udc80';
  const bytes = [0x68, 0xc3, 0xa4, 0xc3, 0x9f, 0x6c, 0x69, 0x63, 0x68, 0x80, 0];
  user.copyOut(mm, at + PAGE - 4, Uint8Array.from(bytes));
  expect(user.cstring(mm, at + PAGE - 4, 4096)).toBe(text);
  expect(user.cstring(mm, at + PAGE - 4, 11)).toBe(text);
  expect(user.cstring(mm, at + PAGE - 4, 10)).toBe('ENAMETOOLONG');
  user.poke(mm, at + 3 * PAGE - 2, Uint8Array.of(65, 65));
  expect(user.cstring(mm, at + 3 * PAGE - 2, 4096)).toBe('EFAULT');
});

test('poke writes what the program may not, into a copy of its own', () => {
  const { memory, spaces, user, mm } = ground();
  const { id } = memory.objects.create({ size: PAGE, filled: false });
  memory.objects.write(id, 0, Uint8Array.of(1, 2, 3));
  const code = spaces.mmap(mm, { length: PAGE, prot: 5, object: id }) as number;
  expect(user.poke(mm, code + 1, Uint8Array.of(9))).toBe(true);
  expect(user.readU32(mm, code)).toBe(0x030901);
  expect(user.writeU8(mm, code, 1)).toBe(false);
  const into = new Uint8Array(3);
  memory.objects.read(id, 0, into);
  expect([...into]).toEqual([1, 2, 3]);
  expect(user.poke(mm, 2 ** 37, Uint8Array.of(1))).toBe(false);
  expect(memory.check()).toEqual([]);
});

test('the kernel cannot write through to what a child still shares', () => {
  const { spaces, user, mm, at } = ground();
  user.writeU32(mm, at, 1);
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  user.copyOut(child, at, Uint8Array.of(2));
  expect([user.readU32(mm, at), user.readU32(child, at)]).toEqual([1, 2]);
});

test('a running address space whose tag is renewed runs on under the new one', () => {
  const { memory, spaces, mm } = ground();
  memory.frames.u32[HART_ROOT / 4] = mm.root * PAGE;
  memory.frames.u32[HART_ASID / 4] = mm.asid;
  const before = mm.asid;
  spaces.fork(mm);
  expect(mm.asid).not.toBe(before);
  expect(memory.frames.u32[HART_ASID / 4]).toBe(mm.asid);
});

test('the views tell pages that are private from those that are shared', () => {
  const { memory, spaces, user, mm, at } = ground();
  user.writeU32(mm, at, 1);
  const vma = mm.vmas[0]!;
  expect(spaces.statistics(mm, vma)).toMatchObject({ rss: 2 * PAGE, privateDirty: 2 * PAGE, pss: 2 * PAGE });
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  user.writeU32(child, at, 2);
  const halves = { rss: 2 * PAGE, privateDirty: PAGE, sharedDirty: PAGE, pss: 1.5 * PAGE };
  expect(spaces.statistics(mm, vma)).toMatchObject(halves);
  expect(spaces.statistics(child, child.vmas[0]!)).toMatchObject(halves);
  expect(spaces.entriesOf(child).map(({ address }) => address)).toEqual([at, at + PAGE, at + 2 * PAGE]);
  expect(spaces.tableBytes(mm)).toBe(3 * PAGE);
  expect(memory.usage()).toMatchObject({ total: 40, anonymous: 4, tables: 6, file: 0 });
});
