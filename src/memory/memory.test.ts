import { expect, test } from 'vitest';
import { small } from './fixture.ts';

test('a child sees what its parent wrote, and neither sees what the other writes afterwards', () => {
  const { memory, spaces, user, mm } = small(200);
  const at = spaces.mmap(mm, { length: 40 * 4096, prot: 3 }) as number;
  for (let i = 0; i < 40; i++) user.writeU32(mm, at + i * 4096, i + 1);
  const child = spaces.fork(mm);
  if (typeof child === 'string') throw new Error(child);
  expect(user.readU32(child, at + 4096)).toBe(2);
  user.writeU32(child, at, 100);
  user.writeU32(mm, at + 8192, 200);
  expect([user.readU32(mm, at), user.readU32(child, at + 8192)]).toEqual([1, 3]);
  expect(memory.check()).toEqual([]);
  spaces.release(child);
  spaces.release(mm);
  expect(memory.check()).toEqual([]);
  expect(memory.frames.free).toBe(199);
});
