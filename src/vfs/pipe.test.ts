import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { O, SIGNAL } from '../abi/index.ts';
import { BufferTransfer } from './buffer.ts';
import { mayMakePipe } from './buffers.ts';
import { desk, waitsOn } from './file-fixture.ts';
import { releaseFile, retainFile } from './open-file.ts';
import { newPipe, PIPE_BUF, pipeOf, setPipeCapacity } from './pipe.ts';
import { type FileId, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from './types.ts';

const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;

const step = fc.oneof(
  fc.record({ do: fc.constant('write' as const), size: fc.oneof(fc.nat(100), fc.nat(9000)) }),
  fc.record({ do: fc.constant('read' as const), size: fc.oneof(fc.nat(100), fc.nat(9000)) }),
);

describe('a pipe', () => {
  test('is a queue of bytes that loses nothing and mixes no small write', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { vfs, file, write } = desk();
        const [r, w] = newPipe(vfs, O.O_NONBLOCK);
        setPipeCapacity(vfs, pipeOf(vfs, file(r).channel), 8192);
        let model: number[] = [];
        let next = 0;
        for (const { do: what, size } of steps) {
          if (what === 'write') {
            const bytes = Uint8Array.from({ length: size }, () => next++ % 251);
            const room = 8192 - model.length;
            const fits = size <= PIPE_BUF ? (size <= room ? size : 0) : Math.min(size, room);
            expect(write(w, bytes)).toBe(size === 0 ? 0 : fits > 0 ? fits : 'EAGAIN');
            next -= size - fits;
            model.push(...bytes.subarray(0, fits));
          } else {
            const into = new Uint8Array(size);
            const got = vfs.ops.pipe.read(vfs, file(r), new BufferTransfer(into), -1);
            const want = Math.min(size, model.length);
            expect(got).toBe(size === 0 || want > 0 ? want : 'EAGAIN');
            expect([...into.subarray(0, want)]).toEqual(model.slice(0, want));
            model = model.slice(want);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('makes a reader wait until something comes, and tells the end when no writer is left', () => {
    const { vfs, file, read, write, around } = desk();
    const [r, w] = newPipe(vfs, 0);
    const { readQueue } = pipeOf(vfs, file(r).channel);
    expect(read(r, 10)).toMatchObject({ on: 'pipe-read', queues: [readQueue] });
    expect(write(w, 'hello')).toBe(5);
    expect(around.woken).toContain(readQueue);
    expect(read(r, 3)).toBe('hel');
    releaseFile(vfs, w);
    expect(read(r, 9)).toBe('lo');
    expect(read(r, 9)).toBe('');
  });

  test('keeps writing as room comes: the rest of a large write waits', () => {
    const { vfs, write, read } = desk();
    const [r, w] = newPipe(vfs, 0);
    expect(waitsOn(write(w, 70000))).toBe('pipe-write');
    expect(read(r, 65536)).toHaveLength(65536);
    expect(write(w, 70000 - 65536)).toBe(70000 - 65536);
  });

  test('without a reader gives SIGPIPE and EPIPE', () => {
    const { vfs, write, around } = desk();
    const [r, w] = newPipe(vfs, 0);
    releaseFile(vfs, r);
    expect(write(w, 'x')).toBe('EPIPE');
    expect(around.signals).toEqual([{ to: 0, signo: SIGNAL.SIGPIPE }]);
    expect(write(w, '')).toBe(0);
  });

  test('in packet mode reads one write at a time and drops what does not fit', () => {
    const { vfs, write, read } = desk();
    const [r, w] = newPipe(vfs, O.O_DIRECT | O.O_NONBLOCK);
    for (const text of ['first', 'second', 'third']) write(w, text);
    expect(read(r, 100)).toBe('first');
    expect(read(r, 3)).toBe('sec');
    expect(read(r, 100)).toBe('third');
    expect(read(r, 100)).toBe('EAGAIN');
  });

  test('is a small one when pipes take much memory already, and cannot grow', () => {
    const { vfs, file } = desk();
    const capacities = () => Array.from({ length: 70 }, () => newPipe(vfs, 0)[0]).map((id) => capacityOf(id));
    const capacityOf = (id: FileId) => pipeOf(vfs, file(id).channel).capacity;
    expect(new Set(capacities())).toEqual(new Set([65536, 8192]));
    const [r] = newPipe(vfs, 0);
    expect(capacityOf(r)).toBe(8192);
    expect(setPipeCapacity(vfs, pipeOf(vfs, file(r).channel), 65536)).toBe('EPERM');
    expect(setPipeCapacity(vfs, pipeOf(vfs, file(r).channel), 4096)).toBe(4096);
  });

  test('takes no more room than its capacity, and gives all of it back', () => {
    const { vfs, file, write, read } = desk();
    const [r, w] = newPipe(vfs, O.O_NONBLOCK);
    const pipe = pipeOf(vfs, file(r).channel);
    setPipeCapacity(vfs, pipe, 1 << 20);
    expect(vfs.buffers).toBe(1 << 20);
    expect(write(w, 1 << 20)).toBe(1 << 20);
    read(r, (1 << 20) - 3000);
    expect(setPipeCapacity(vfs, pipe, 4096)).toBe(4096);
    expect([pipe.ring.bytes.length, pipe.ring.length]).toEqual([4096, 3000]);
    for (const end of [r, w]) releaseFile(vfs, end);
    expect(vfs.buffers).toBe(0);
  });

  test('is not to be had when pipes take half of the memory', () => {
    const { vfs } = desk();
    let count = 0;
    for (; mayMakePipe(vfs); count++) newPipe(vfs, 0);
    expect(count).toBeGreaterThan(1000);
    expect(vfs.buffers).toBe(16 << 20);
  });

  test('tells poll what is possible', () => {
    const { vfs, poll, write } = desk();
    const [r, w] = newPipe(vfs, O.O_NONBLOCK);
    expect([poll(r), poll(w)]).toEqual([0, WRITABLE]);
    write(w, 65536);
    expect([poll(r), poll(w)]).toEqual([READABLE, 0]);
    retainFile(vfs, w);
    releaseFile(vfs, w);
    expect(poll(r)).toBe(READABLE);
    releaseFile(vfs, w);
    expect(poll(r)).toBe(READABLE | POLLHUP);
  });

  test('whose reader has gone is in error for poll', () => {
    const { vfs, poll } = desk();
    const [r, w] = newPipe(vfs, 0);
    releaseFile(vfs, r);
    expect(poll(w)).toBe(WRITABLE | POLLERR);
  });
});
