import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { O, SIGNAL } from '../../abi/index.ts';
import { BufferTransfer } from '../buffer.ts';
import { type Desk, desk, waitsOn } from '../file-fixture.ts';
import { releaseFile, retainFile } from '../open-file.ts';
import { newPipe } from '../pipe.ts';
import { type FileId, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../types.ts';
import { openSocket, type SocketType, socketOf } from './socket.ts';
import { makeUnix, newSocketPair, shutdownUnix } from './unix.ts';
import { acceptUnix, bindAbstract, connectUnix, listenUnix } from './unix-connect.ts';
import { receiveUnix, sendUnix } from './unix-message.ts';

const OWNER = { pid: 1, uid: 0, gid: 0, mayHaveAnyPort: true };
const pair = (at: Desk, type: SocketType, flags = 0) => newSocketPair(at.vfs, type, OWNER, flags);

describe('a pair of stream sockets', () => {
  test('is two queues of bytes', () => {
    const step = fc.record({
      end: fc.nat(1),
      do: fc.constantFrom('send', 'receive'),
      size: fc.oneof(fc.nat(50), fc.nat(100_000)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const at = desk();
        const ends = pair(at, 'stream', O.O_NONBLOCK);
        const queues: number[][] = [[], []];
        let next = 0;
        for (const { end, do: what, size } of steps) {
          if (what === 'send') {
            const bytes = Uint8Array.from({ length: size }, () => next++ % 251);
            const sent = at.write(ends[end]!, bytes);
            const count = typeof sent === 'number' ? sent : 0;
            next -= size - count;
            if (size > 0) expect(sent === 'EAGAIN' || count > 0).toBe(true);
            for (const byte of bytes.subarray(0, count)) queues[1 - end]!.push(byte);
          } else {
            const into = new Uint8Array(size);
            const file = at.file(ends[end]!);
            const got = at.vfs.ops.socket.read(at.vfs, file, new BufferTransfer(into), -1);
            const queue = queues[end]!;
            if (queue.length === 0) expect(got).toBe(size === 0 ? 0 : 'EAGAIN');
            else {
              expect(got).toBe(Math.min(size, queue.length));
              expect([...into.subarray(0, got as number)]).toEqual(queue.splice(0, got as number));
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('ends for the reader when the other end shuts down or closes', () => {
    const at = desk();
    const [a, b] = pair(at, 'stream');
    at.write(a, 'last');
    shutdownUnix(at.vfs, socketOf(at.vfs, at.file(a)), false, true);
    expect(at.poll(b) & (POLLIN | POLLRDHUP)).toBe(POLLIN | POLLRDHUP);
    expect([at.read(b, 10), at.read(b, 10)]).toEqual(['last', '']);
    expect(at.write(a, 'x')).toBe('EPIPE');
    releaseFile(at.vfs, a);
    expect(at.write(b, 'x')).toBe('EPIPE');
    expect(at.around.signals.map(({ signo }) => signo)).toEqual([SIGNAL.SIGPIPE, SIGNAL.SIGPIPE]);
  });

  test('resets the connection when something was left unread', () => {
    const at = desk();
    const [a, b] = pair(at, 'stream');
    at.write(a, 'unread');
    releaseFile(at.vfs, b);
    expect([at.read(a, 10), at.read(a, 10)]).toEqual(['ECONNRESET', '']);
    expect(at.poll(a) & POLLHUP).toBe(POLLHUP);
  });

  test('makes a writer wait while the inbox is full', () => {
    const at = desk();
    const [a, b] = pair(at, 'stream');
    expect(waitsOn(at.write(a, 300_000))).toBe('socket-write');
    const { writeQueue } = socketOf(at.vfs, at.file(a));
    at.around.woken.length = 0;
    at.read(b, 100_000);
    expect(at.around.woken).toContain(writeQueue);
  });

  test('takes as many messages of one byte as on Linux', () => {
    const at = desk();
    const [a, b] = pair(at, 'stream', O.O_NONBLOCK);
    let count = 0;
    while (at.write(a, 'x') === 1) count++;
    expect(count).toBe(278);
    expect(at.poll(a) & POLLOUT).toBe(0);
    expect(at.read(b, 1000)).toBe('x'.repeat(278));
    expect(at.vfs.buffers).toBe(0);
  });

  test('gives ENOBUFS when sockets take much memory already', () => {
    const at = desk();
    let sent: unknown = 0;
    for (let i = 0; i < 100 && sent !== 'ENOBUFS'; i++) {
      const [a] = pair(at, 'stream', O.O_NONBLOCK);
      do sent = at.write(a, 65536);
      while (typeof sent === 'number');
    }
    expect(sent).toBe('ENOBUFS');
    expect(at.write(pair(at, 'dgram')[0], 1)).toBe('ENOBUFS');
    expect(at.vfs.buffers).toBeLessThan(5 << 20);
  });
});

test('packets keep their boundaries and are cut at the reader’s buffer', () => {
  const at = desk();
  const [a, b] = pair(at, 'seqpacket', O.O_NONBLOCK);
  at.write(a, 'one');
  at.write(a, 'three');
  expect([at.read(b, 10), at.read(b, 2), at.read(b, 10)]).toEqual(['one', 'th', 'EAGAIN']);
});

describe('files on their way', () => {
  const sendFile = (at: Desk, by: FileId, file: FileId) => {
    retainFile(at.vfs, file);
    return sendUnix(at.vfs, socketOf(at.vfs, at.file(by)), new BufferTransfer(Uint8Array.of(1)), {
      isPatient: false,
      files: [file],
    });
  };

  test('stay open until they are received', () => {
    const at = desk();
    const [a, b] = pair(at, 'stream');
    const [r, w] = newPipe(at.vfs, 0);
    sendFile(at, a, r);
    releaseFile(at.vfs, r);
    expect(at.write(w, 'kept')).toBe(4);
    const into = new BufferTransfer(new Uint8Array(10));
    const got = receiveUnix(at.vfs, socketOf(at.vfs, at.file(b)), into, { isPatient: false });
    expect(got).toMatchObject({ count: 1, files: [r] });
    expect(at.read(r, 10)).toBe('kept');
  });

  test('are closed with the socket that nobody read', () => {
    const at = desk();
    const [a, b] = pair(at, 'dgram');
    const [r, w] = newPipe(at.vfs, 0);
    sendFile(at, a, r);
    releaseFile(at.vfs, r);
    releaseFile(at.vfs, b);
    expect(at.write(w, 'x')).toBe('EPIPE');
    expect(at.vfs.files.has(r)).toBe(false);
  });
});

test('files that hold each other in a circle are let go', () => {
  const at = desk();
  const [a, b] = pair(at, 'stream');
  const [r] = newPipe(at.vfs, 0);
  for (const [by, file] of [
    [a, a],
    [b, b],
    [a, r],
  ] as const) {
    retainFile(at.vfs, file);
    sendUnix(at.vfs, socketOf(at.vfs, at.file(by)), new BufferTransfer(Uint8Array.of(1)), {
      isPatient: false,
      files: [file],
    });
  }
  releaseFile(at.vfs, r);
  releaseFile(at.vfs, a);
  expect(at.vfs.files.has(a)).toBe(true);
  releaseFile(at.vfs, b);
  expect([a, b, r].filter((file) => at.vfs.files.has(file))).toEqual([]);
  expect([at.vfs.sockets.size, at.vfs.inet.flying, at.vfs.buffers]).toEqual([0, 0, 65536]);
});

describe('a listening socket', () => {
  const scene = (backlog: number) => {
    const at = desk();
    const server = makeUnix(at.vfs, 'stream', OWNER);
    openSocket(at.vfs, server, 0);
    bindAbstract(at.vfs, server, '\0name');
    listenUnix(at.vfs, server, backlog);
    const client = () => {
      const socket = makeUnix(at.vfs, 'stream', { ...OWNER, pid: 2 });
      return { socket, file: openSocket(at.vfs, socket, 0) };
    };
    return { at, server, client };
  };

  test('hands out connections in their order', () => {
    const { at, server, client } = scene(5);
    expect(acceptUnix(at.vfs, server, false)).toBe('EAGAIN');
    const first = client();
    expect(connectUnix(at.vfs, first.socket, server, false)).toBe(0);
    expect(at.write(first.file, 'early')).toBe(5);
    const served = acceptUnix(at.vfs, server, false);
    expect(served).toMatchObject({ state: 'connected', peerOwner: { pid: 2 } });
    const file = openSocket(at.vfs, served as never, 0);
    expect(at.read(file, 10)).toBe('early');
  });

  test('makes further connections wait when its backlog is full', () => {
    const { at, server, client } = scene(0);
    expect(connectUnix(at.vfs, client().socket, server, true)).toBe(0);
    const waiting = connectUnix(at.vfs, client().socket, server, true);
    expect(waiting).toMatchObject({ on: 'connect', queues: [server.writeQueue] });
    expect(connectUnix(at.vfs, client().socket, server, false)).toBe('EAGAIN');
  });

  test('takes those who were not accepted down with it', () => {
    const { at, server, client } = scene(5);
    const { socket, file } = client();
    connectUnix(at.vfs, socket, server, false);
    const [serverFile] = [...at.vfs.files.values()].filter(({ channel }) => channel === server.id);
    releaseFile(at.vfs, serverFile!.id);
    expect(at.read(file, 10)).toBe('');
    expect(at.vfs.abstractSockets.size).toBe(0);
    expect(connectUnix(at.vfs, client().socket, at.vfs.sockets.get(server.id), false)).toBe('ECONNREFUSED');
  });
});
