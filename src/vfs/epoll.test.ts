import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { O } from '../abi/index.ts';
import {
  EPOLLET,
  EPOLLONESHOT,
  epollAdd,
  epollCollect,
  epollDelete,
  epollModify,
  epollOf,
  newEpoll,
} from './epoll.ts';
import { newEventFd } from './eventfd.ts';
import { dupFd, installFd, newFilesTable } from './fd-table.ts';
import { type Desk, desk } from './file-fixture.ts';
import { releaseFile } from './open-file.ts';
import { newPipe } from './pipe.ts';
import { type FileId, POLLHUP, POLLIN, POLLOUT } from './types.ts';

const event = (events: number, data = 0) => ({ events, dataLo: data, dataHi: 0 });

function watching(at: Desk) {
  const file = newEpoll(at.vfs);
  const epoll = epollOf(at.vfs, at.file(file));
  return {
    file,
    epoll,
    add: (of: FileId, events: number, data = 0) =>
      epollAdd(at.vfs, epoll, at.file(of), data, event(events, data)),
    modify: (of: FileId, events: number, data = 0) =>
      epollModify(at.vfs, epoll, at.file(of), data, event(events, data)),
    remove: (of: FileId, data = 0) => epollDelete(at.vfs, epoll, at.file(of), data),
    collect(max = 10): string[] {
      const got: string[] = [];
      epollCollect(at.vfs, epoll, max, (_, { events, dataLo }) => got.push(`${dataLo}:${events}`) > 0);
      return got;
    },
  };
}

describe('epoll', () => {
  test('level-triggered tells exactly what poll tells, whatever happens to the pipes', () => {
    const step = fc.record({
      pipe: fc.nat(3),
      do: fc.constantFrom('write', 'fill', 'read', 'drain', 'close', 'look'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const at = desk();
        const w = watching(at);
        const pipes = Array.from({ length: 4 }, () => newPipe(at.vfs, O.O_NONBLOCK));
        const closed = new Set<number>();
        pipes.forEach(([r, tail], i) => {
          w.add(r, POLLIN, i);
          w.add(tail, POLLOUT, i + 10);
        });
        for (const s of steps) {
          const [r, tail] = pipes[s.pipe]!;
          const isOpen = !closed.has(s.pipe);
          if (s.do === 'write' && isOpen) at.write(tail, 'x');
          if (s.do === 'fill' && isOpen) at.write(tail, 70_000);
          if (s.do === 'read') at.read(r, 1);
          if (s.do === 'drain') at.read(r, 100_000);
          if (s.do === 'close' && isOpen) {
            releaseFile(at.vfs, tail);
            closed.add(s.pipe);
          }
          if (s.do !== 'look') continue;
          const want = pipes.flatMap(([head, end], i) => {
            const rows: string[] = [];
            const bits = at.poll(head) & (POLLIN | POLLHUP);
            if (bits !== 0) rows.push(`${i}:${bits}`);
            if (!closed.has(i) && at.poll(end) & POLLOUT) rows.push(`${i + 10}:${POLLOUT}`);
            return rows;
          });
          expect(w.collect().sort()).toEqual(want.sort());
        }
      }),
      { numRuns: 150 },
    );
  });

  test('edge-triggered tells once for each arrival', () => {
    const at = desk();
    const w = watching(at);
    const [r, tail] = newPipe(at.vfs, 0);
    w.add(r, POLLIN | EPOLLET);
    expect(w.collect()).toEqual([]);
    at.write(tail, 'a');
    expect([w.collect(), w.collect()]).toEqual([['0:1'], []]);
    at.write(tail, 'b');
    expect([w.collect(), w.collect()]).toEqual([['0:1'], []]);
  });

  test('one-shot is silent until it is armed again', () => {
    const at = desk();
    const w = watching(at);
    const event = newEventFd(at.vfs, 1, false, 0);
    w.add(event, POLLIN | EPOLLONESHOT);
    expect([w.collect(), w.collect()]).toEqual([['0:1'], []]);
    at.write(event, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    expect(w.collect()).toEqual([]);
    w.modify(event, POLLIN | EPOLLONESHOT);
    expect(w.collect()).toEqual(['0:1']);
  });

  test('wakes those who wait, also through an epoll that watches it', () => {
    const at = desk();
    const [inner, outer] = [watching(at), watching(at)];
    const [r, tail] = newPipe(at.vfs, 0);
    inner.add(r, POLLIN, 1);
    outer.add(inner.file, POLLIN, 2);
    expect(outer.collect()).toEqual([]);
    at.around.woken.length = 0;
    at.write(tail, 'x');
    expect(at.around.woken).toEqual(expect.arrayContaining([inner.epoll.queue, outer.epoll.queue]));
    expect([outer.collect(), inner.collect()]).toEqual([['2:1'], ['1:1']]);
    at.read(r, 1);
    expect([outer.collect(), inner.collect()]).toEqual([[], []]);
  });

  test('refuses circles, twice the same, and what it does not watch', () => {
    const at = desk();
    const [a, b] = [watching(at), watching(at)];
    expect(a.add(b.file, POLLIN)).toBeNull();
    expect(b.add(a.file, POLLIN)).toBe('ELOOP');
    expect(a.add(b.file, POLLIN)).toBe('EEXIST');
    const [r] = newPipe(at.vfs, 0);
    expect([a.modify(r, POLLIN), a.remove(r)]).toEqual(['ENOENT', 'ENOENT']);
  });

  test('forgets a file when its last descriptor is closed, not before', () => {
    const at = desk();
    const w = watching(at);
    const table = newFilesTable(at.vfs);
    const [r, tail] = newPipe(at.vfs, 0);
    const fd = installFd(at.vfs, table, r, false) as number;
    w.add(r, POLLIN, fd);
    dupFd(at.vfs, table, fd);
    at.write(tail, 'x');
    releaseFile(at.vfs, r);
    expect(w.collect()).toEqual([`${fd}:1`]);
    releaseFile(at.vfs, r);
    expect(w.collect()).toEqual([]);
    expect(at.vfs.watches.size + at.vfs.watchers.size + at.vfs.watchesOfFile.size).toBe(0);
  });

  test('gives ready files in turn when there are more than asked for', () => {
    const at = desk();
    const w = watching(at);
    for (let i = 0; i < 3; i++) w.add(newEventFd(at.vfs, 1, false, 0), POLLIN, i);
    expect([w.collect(2), w.collect(2), w.collect(2)]).toEqual([
      ['0:1', '1:1'],
      ['2:1', '0:1'],
      ['1:1', '2:1'],
    ]);
  });
});
