import { expect, test } from 'vitest';
import { Bell } from './bell.ts';
import { GuestInput, GuestOutput } from './streams.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('output is read in order, as chunks, text or bytes', async () => {
  const output = new GuestOutput(() => {});
  output.push(bytes('a'));
  output.push(bytes('bc'));
  output.end();
  expect(await output.text()).toBe('abc');
});

test('a reader waits for what comes later, and the machine is told that somebody does', async () => {
  let told = 0;
  const output = new GuestOutput(() => told++);
  const all = output.text();
  await Promise.resolve();
  expect([output.isAwaited, told > 0]).toEqual([true, true]);
  output.push(bytes('late'));
  output.end();
  expect(await all).toBe('late');
});

test('room shrinks with what nobody has read, and comes back', async () => {
  const output = new GuestOutput(() => {});
  const before = output.room;
  output.push(new Uint8Array(1000));
  expect(output.room).toBe(before - 1000);
  await output[Symbol.asyncIterator]().next();
  expect(output.room).toBe(before);
});

test('who stops reading wants no more', async () => {
  const output = new GuestOutput(() => {});
  output.push(bytes('a'));
  for await (const chunk of output) if (chunk.length > 0) break;
  expect(output.isOver).toBe(true);
  output.push(bytes('b'));
  expect(await output.text()).toBe('');
});

test('a failure comes after what was written before it', async () => {
  const output = new GuestOutput(() => {});
  output.push(bytes('a'));
  output.end(new Error('broken'));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const chunk of output) seen.push(chunk.length);
    })(),
  ).rejects.toThrow('broken');
  expect(seen).toEqual([1]);
});

test('an input takes nothing after its end, and one that is no pipe never', () => {
  const log: string[] = [];
  const input = new GuestInput({
    write: (data) => log.push(new TextDecoder().decode(data)) > 0,
    close: () => void log.push('end'),
    unread: () => 3,
  });
  expect([input.write('a'), input.unread]).toEqual([true, 3]);
  input.end('b');
  expect([input.write('c'), input.unread]).toEqual([false, 0]);
  expect(log).toEqual(['a', 'b', 'end']);
  expect(new GuestInput(null).write('x')).toBe(false);
});

test('a bell rung too early is heard by the next who waits, and once', async () => {
  const bell = new Bell();
  bell.ring();
  await bell.wait();
  const began = performance.now();
  await bell.wait(20);
  expect(performance.now() - began).toBeGreaterThan(15);
  setTimeout(() => bell.ring(), 1);
  await bell.wait();
});
