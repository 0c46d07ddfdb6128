import { beforeEach, describe, expect, test } from 'vitest';
import { O } from '../abi/index.ts';
import { type Desk, desk, waitsOn } from './file-fixture.ts';
import { openPath } from './open.ts';
import { releaseFile } from './open-file.ts';
import { createNode } from './tree.ts';
import type { FileId, Outcome, Wait } from './types.ts';

let at: Desk;

beforeEach(() => {
  at = desk();
  const found = at.find('/fifo', { parent: true });
  if (typeof found === 'string') throw new Error(found);
  createNode(at.vfs, at.who, found, { kind: 'fifo', mode: 0o600 });
});

/** Opens as a task; one that must wait is put into its queues as the kernel would. */
function open(tid: number, flags: number): Outcome {
  at.around.tid = tid;
  const got = openPath(at.vfs, at.who, at.root, '/fifo', { flags, mode: 0 });
  if (typeof got === 'object') for (const queue of got.queues) at.around.waiting.set(queue, [tid]);
  return got;
}

describe('a FIFO', () => {
  test('opened for reading waits for a writer, and neither misses the other', () => {
    expect(waitsOn(open(1, O.O_RDONLY))).toBe('fifo-open');
    const w = open(2, O.O_WRONLY) as FileId;
    // The writer is quick: it has written and gone before the reader looks again.
    expect(at.write(w, 'hello')).toBe(5);
    releaseFile(at.vfs, w);
    const r = open(1, O.O_RDONLY) as FileId;
    expect([at.read(r, 10), at.read(r, 10)]).toEqual(['hello', '']);
  });

  test('opened for writing waits for a reader', () => {
    const wait = open(1, O.O_WRONLY) as Wait;
    expect(wait.on).toBe('fifo-open');
    const r = open(2, O.O_RDONLY) as FileId;
    expect(at.around.woken).toContain(wait.queues[0]);
    expect(waitsOn(at.read(r, 1))).toBe('pipe-read');
    const w = open(1, O.O_WRONLY) as FileId;
    at.write(w, 'x');
    expect(at.read(r, 9)).toBe('x');
  });

  test('without waiting: a reader opens at once, a writer needs one', () => {
    expect(open(1, O.O_WRONLY | O.O_NONBLOCK)).toBe('ENXIO');
    const r = open(1, O.O_RDONLY | O.O_NONBLOCK) as FileId;
    expect(at.read(r, 1)).toBe('');
    expect(typeof open(2, O.O_WRONLY | O.O_NONBLOCK)).toBe('number');
    expect(at.read(r, 1)).toBe('EAGAIN');
  });

  test('forgets what was in it when the last end is closed', () => {
    const both = open(1, O.O_RDWR) as FileId;
    at.write(both, 'lost');
    releaseFile(at.vfs, both);
    expect(at.vfs.pipes.size).toBe(0);
    const again = open(1, O.O_RDWR | O.O_NONBLOCK) as FileId;
    expect(at.read(again, 10)).toBe('EAGAIN');
  });
});
