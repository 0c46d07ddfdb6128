import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { SIGNAL } from '../../abi/index.ts';
import { BufferTransfer } from '../buffer.ts';
import { type Desk, desk, waitsOn } from '../file-fixture.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../types.ts';
import { type Ip, LOOPBACK4, LOOPBACK6, packInet } from './address.ts';
import type { Received } from './protocol.ts';
import { protocolOf } from './protocols.ts';
import { AF, type Socket } from './socket.ts';
import { makeTcp } from './tcp.ts';

const OWNER = { pid: 1, uid: 0, gid: 0, mayHaveAnyPort: true };
const USER = { pid: 2, uid: 1000, gid: 1000, mayHaveAnyPort: false };
let at: Desk;
beforeEach(() => {
  at = desk();
});

const tcp = (family: number = AF.INET): Socket => makeTcp(at.vfs, family, OWNER);
const bind = (socket: Socket, ip: Ip, port: number, who = OWNER) =>
  protocolOf(socket).bind(at.vfs, socket, packInet(socket.family, { ip, port }), who);
const connect = (socket: Socket, ip: Ip, port: number, isPatient = true) =>
  protocolOf(socket).connect(at.vfs, socket, packInet(socket.family, { ip, port }), isPatient);
const listen = (socket: Socket, backlog = 5) => protocolOf(socket).listen(at.vfs, socket, backlog);
const close = (socket: Socket) => protocolOf(socket).close(at.vfs, socket);
const poll = (socket: Socket) => protocolOf(socket).poll(at.vfs, socket);
const send = (socket: Socket, text: string) =>
  protocolOf(socket).send(at.vfs, socket, new BufferTransfer(Buffer.from(text)), { isPatient: false });
function receive(socket: Socket, size = 100): string {
  const into = new Uint8Array(size);
  const got = protocolOf(socket).receive(at.vfs, socket, new BufferTransfer(into), { isPatient: false });
  if (typeof got !== 'object' || 'on' in got) return String(got);
  return Buffer.from(into.subarray(0, (got as Received).count)).toString();
}

/** A connection to a listener: the listener, the caller, and who serves it. */
function connection(family: number = AF.INET): [listener: Socket, caller: Socket, served: Socket] {
  const ip = family === AF.INET ? LOOPBACK4 : LOOPBACK6;
  const [listener, caller] = [tcp(family), tcp(family)];
  expect([bind(listener, ip, 80), listen(listener)]).toEqual([0, null]);
  expect(connect(caller, ip, 80)).toBe(0);
  return [listener, caller, protocolOf(listener).accept(at.vfs, listener, false) as Socket];
}

describe('a connection', () => {
  test('carries bytes both ways, in order, in pieces of any size', () => {
    const step = fc.record({ end: fc.nat(1), sends: fc.boolean(), size: fc.integer({ min: 1, max: 5000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        at = desk();
        const [, a, b] = connection();
        const ends = [a, b];
        const expected = ['', ''];
        let next = 0;
        for (const { end, sends, size } of steps) {
          if (sends) {
            const text = Array.from({ length: size }, () => String.fromCharCode(97 + (next++ % 26))).join('');
            expect(send(ends[end]!, text)).toBe(size);
            expected[1 - end] += text;
          } else if (expected[end] === '') expect(receive(ends[end]!, size)).toBe('EAGAIN');
          else {
            expect(receive(ends[end]!, size)).toBe(expected[end]!.slice(0, size));
            expected[end] = expected[end]!.slice(size);
          }
        }
        expect(at.vfs.buffers).toBe(expected[0]!.length + expected[1]!.length);
      }),
      { numRuns: 30 },
    );
  });

  test('ends in halves: what was sent before is read, then zero', () => {
    const [, a, b] = connection();
    send(a, 'last');
    expect(protocolOf(a).shutdown(at.vfs, a, false, true)).toBeNull();
    expect(poll(b) & (POLLIN | POLLRDHUP | POLLHUP)).toBe(POLLIN | POLLRDHUP);
    expect([receive(b), receive(b)]).toEqual(['last', '0']);
    expect([send(b, 'back'), receive(a)]).toEqual([4, 'back']);
    expect(a.tcp!.state).toBe('FIN_WAIT2');
    close(b);
    expect([a.tcp!.state, receive(a)]).toEqual(['CLOSE', '0']);
    expect([...at.vfs.inet.remnants.values()].map(({ state }) => state)).toEqual(['TIME_WAIT']);
  });

  test('is reset when something was left unread', () => {
    const [, a, b] = connection();
    send(a, 'unread');
    close(b);
    expect(poll(a) & (POLLERR | POLLHUP)).toBe(POLLERR | POLLHUP);
    expect([receive(a), receive(a), send(a, 'x')]).toEqual(['ECONNRESET', '0', 'EPIPE']);
  });

  test('takes one write after the other end was closed, and breaks with the next', () => {
    const [, a, b] = connection();
    close(b);
    expect(send(a, 'x')).toBe(1);
    expect(send(a, 'x')).toBe('EPIPE');
    expect(at.around.signals.map(({ signo }) => signo)).toEqual([SIGNAL.SIGPIPE]);
  });

  test('leaves nothing behind once both ends are closed and its time is over', () => {
    const [listener, a, b] = connection();
    for (const socket of [a, b, listener]) close(socket);
    expect([at.vfs.sockets.size, at.vfs.inet.connections.size, at.vfs.inet.listeners.size]).toEqual([
      0, 0, 0,
    ]);
    at.around.now = 61e9;
    expect(bind(tcp(), LOOPBACK4, 80)).toBe(0);
    expect([at.vfs.inet.remnants.size, at.vfs.inet.tcp.buckets.size]).toEqual([0, 1]);
  });
});

describe('connecting', () => {
  test('without waiting is told later', () => {
    const [listener, caller] = [tcp(), tcp()];
    bind(listener, LOOPBACK4, 80);
    listen(listener);
    expect(connect(caller, LOOPBACK4, 80, false)).toBe('EINPROGRESS');
    expect(poll(caller) & POLLOUT).toBe(POLLOUT);
    expect([connect(caller, LOOPBACK4, 80, false), connect(caller, LOOPBACK4, 80, false)]).toEqual([
      0,
      'EISCONN',
    ]);
  });

  test('to nobody is refused, and the socket can be used again', () => {
    const caller = tcp();
    expect([connect(caller, LOOPBACK4, 80), connect(caller, LOOPBACK4, 80)]).toEqual(
      Array(2).fill('ECONNREFUSED'),
    );
    expect(connect(caller, LOOPBACK4, 80, false)).toBe('EINPROGRESS');
    expect(caller.error).toBe('ECONNREFUSED');
  });

  test('waits while the backlog is full, and goes on with an accept', () => {
    const listener = tcp();
    bind(listener, LOOPBACK4, 80);
    listen(listener, 0);
    const [first, second] = [tcp(), tcp()];
    expect(connect(first, LOOPBACK4, 80)).toBe(0);
    expect(waitsOn(connect(second, LOOPBACK4, 80))).toBe('connect');
    protocolOf(listener).accept(at.vfs, listener, false);
    expect(connect(second, LOOPBACK4, 80)).toBe(0);
  });

  test('leads nowhere beyond this machine', () => {
    expect(connect(tcp(), '0a010203', 80)).toBe('ENETUNREACH');
    expect(connect(tcp(AF.INET6), `2001${'0'.repeat(27)}1`, 80)).toBe('ENETUNREACH');
  });

  test('of IPv4 reaches a listener of IPv6 that is not for IPv6 only', () => {
    const listener = tcp(AF.INET6);
    bind(listener, '0'.repeat(32), 80);
    listen(listener);
    expect(connect(tcp(), LOOPBACK4, 80)).toBe(0);
    const only = tcp(AF.INET6);
    only.options.v6Only = true;
    bind(only, '0'.repeat(32), 81);
    listen(only);
    expect(connect(tcp(), LOOPBACK4, 81)).toBe('ECONNREFUSED');
  });
});

describe('ports', () => {
  test('below 1024 are root’s', () => {
    expect(bind(tcp(), LOOPBACK4, 80, USER)).toBe('EACCES');
    expect(bind(tcp(), LOOPBACK4, 8080, USER)).toBe(0);
  });

  test('are had once, or by several that agree', () => {
    const [a, b, c, d] = [tcp(), tcp(), tcp(), tcp()];
    expect([bind(a, LOOPBACK4, 80), bind(b, LOOPBACK4, 80)]).toEqual([0, 'EADDRINUSE']);
    for (const socket of [c, d]) socket.options.reusePort = true;
    expect([bind(c, LOOPBACK4, 81), bind(d, LOOPBACK4, 81), listen(c), listen(d)]).toEqual([
      0,
      0,
      null,
      null,
    ]);
  });

  test('of connections that are over are kept for a minute, unless both sides say SO_REUSEADDR', () => {
    const [listener, a, b] = connection();
    for (const socket of [b, a, listener]) close(socket);
    const [plain, again] = [tcp(), tcp()];
    again.options.reuseAddress = true;
    expect(bind(plain, LOOPBACK4, 80)).toBe('EADDRINUSE');
    expect(bind(again, LOOPBACK4, 80)).toBe('EADDRINUSE');
    for (const [key, remnant] of at.vfs.inet.remnants)
      at.vfs.inet.remnants.set(key, { ...remnant, options: again.options });
    expect([bind(plain, LOOPBACK4, 80), bind(again, LOOPBACK4, 80)]).toEqual(['EADDRINUSE', 0]);
    close(again);
    at.around.now = 61e9;
    expect(bind(plain, LOOPBACK4, 80)).toBe(0);
  });

  test('are spread over those who share one', () => {
    const listeners = [tcp(), tcp()];
    for (const socket of listeners) {
      socket.options.reusePort = true;
      bind(socket, LOOPBACK4, 80);
      listen(socket, 100);
    }
    for (let i = 0; i < 100; i++) expect(connect(tcp(), LOOPBACK4, 80)).toBe(0);
    const counts = listeners.map(({ backlog }) => backlog.length);
    expect(counts[0]! + counts[1]!).toBe(100);
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });
});
