import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newEventFd } from './eventfd.ts';
import {
  closeFd,
  closeOnExec,
  copyFilesTable,
  dupFd,
  dupTo,
  fileAt,
  installFd,
  listFds,
  newFilesTable,
  releaseFilesTable,
} from './fd-table.ts';
import { desk } from './file-fixture.ts';
import { newPipe } from './pipe.ts';
import { user } from './tree-fixture.ts';

const FDS = 12;

/** What may happen to a descriptor table. */
const step = fc.oneof(
  fc.record({ do: fc.constant('open' as const), cloexec: fc.boolean() }),
  fc.record({ do: fc.constant('close' as const), fd: fc.nat(FDS) }),
  fc.record({ do: fc.constant('dup' as const), fd: fc.nat(FDS), from: fc.nat(4), cloexec: fc.boolean() }),
  fc.record({ do: fc.constant('dup3' as const), fd: fc.nat(FDS), to: fc.nat(FDS), cloexec: fc.boolean() }),
  fc.record({ do: fc.constant('exec' as const) }),
  fc.record({ do: fc.constant('fork' as const) }),
);

test('a table behaves as a map from the lowest free numbers to files', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { vfs, around } = desk();
      around.nofile = 8;
      let table = newFilesTable(vfs);
      let model = new Map<number, { file: number; cloexec: boolean }>();
      const children: (readonly [typeof table, typeof model])[] = [];
      const lowest = (from: number) => {
        let fd = from;
        while (model.has(fd)) fd++;
        return fd;
      };
      for (const s of steps) {
        if (s.do === 'open') {
          const file = newEventFd(vfs, 0, false, 0);
          const want = lowest(0);
          const got = installFd(vfs, table, file, s.cloexec);
          expect(got).toBe(want < 8 ? want : 'EMFILE');
          if (want < 8) model.set(want, { file, cloexec: s.cloexec });
          else expect(vfs.files.has(file)).toBe(false);
        } else if (s.do === 'close') {
          expect(closeFd(vfs, table, s.fd)).toBe(model.delete(s.fd) ? null : 'EBADF');
        } else if (s.do === 'dup') {
          const known = model.get(s.fd);
          const want = lowest(s.from);
          const got = dupFd(vfs, table, s.fd, s.from, s.cloexec);
          expect(got).toBe(known === undefined ? 'EBADF' : want < 8 ? want : 'EMFILE');
          if (typeof got === 'number') model.set(got, { file: known!.file, cloexec: s.cloexec });
        } else if (s.do === 'dup3') {
          const known = model.get(s.fd);
          const got = dupTo(vfs, table, s.fd, s.to, s.cloexec);
          expect(got).toBe(known === undefined || s.to >= 8 ? 'EBADF' : s.to);
          if (typeof got === 'number') model.set(got, { file: known!.file, cloexec: s.cloexec });
        } else if (s.do === 'exec') {
          closeOnExec(vfs, table);
          model = new Map([...model].filter(([, { cloexec }]) => !cloexec));
        } else {
          children.push([table, model]);
          table = copyFilesTable(vfs, table);
          model = new Map(model);
        }
        expect(listFds(table).map(({ fd, entry }) => [fd, { ...entry }])).toEqual(
          [...model].sort(([a], [b]) => a - b),
        );
      }
      const held = new Map<number, number>();
      for (const [, m] of [...children, [table, model] as const])
        for (const { file } of m.values()) held.set(file, (held.get(file) ?? 0) + 1);
      expect([...vfs.files.values()].map(({ id, refs }) => [id, refs]).sort()).toEqual([...held].sort());
      for (const [t] of [...children, [table]] as const) releaseFilesTable(vfs, t);
      expect(vfs.files.size + vfs.tables.size + vfs.eventfds.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('the last user of a table closes what is in it', () => {
  const { vfs } = desk();
  const table = newFilesTable(vfs);
  for (const file of newPipe(vfs, 0)) installFd(vfs, table, file, false);
  table.users++;
  releaseFilesTable(vfs, table);
  expect(fileAt(vfs, table, 1)?.kind).toBe('pipe');
  releaseFilesTable(vfs, table);
  expect(vfs.pipes.size).toBe(0);
});

test('the machine has so many open files, and its administrator more', () => {
  const { vfs } = desk();
  const table = newFilesTable(vfs);
  const open = () => installFd(vfs, table, newEventFd(vfs, 0, false, 0), false);
  vfs.maxFiles = 1;
  expect([open(), open()]).toEqual([0, 'ENFILE']);
  expect(vfs.files.size).toBe(1);
  vfs.host.credentials = () => user(0);
  expect(open()).toBe(1);
});
