import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BufferTransfer } from '../buffer.ts';
import { type Desk, desk } from '../file-fixture.ts';
import { ANY4, ANY6, LOOPBACK4, LOOPBACK6, packInet } from './address.ts';
import { makeNetlink } from './netlink.ts';
import { makePing } from './ping.ts';
import { protocolOf } from './protocols.ts';
import { AF, type Socket } from './socket.ts';
import { makeTcp } from './tcp.ts';
import { makeUdp } from './udp.ts';
import { makeUnix } from './unix.ts';

const OWNER = { pid: 1, uid: 0, gid: 0, mayHaveAnyPort: true };
const MAKERS: readonly ((at: Desk) => Socket)[] = [
  ({ vfs }) => makeTcp(vfs, AF.INET, OWNER),
  ({ vfs }) => makeTcp(vfs, AF.INET6, OWNER),
  ({ vfs }) => makeUdp(vfs, AF.INET, OWNER),
  ({ vfs }) => makeUdp(vfs, AF.INET6, OWNER),
  ({ vfs }) => makePing(vfs, AF.INET, OWNER),
  ({ vfs }) => makeNetlink(vfs, 'raw', 0, OWNER),
  ({ vfs }) => makeUnix(vfs, 'stream', OWNER),
];
const DOINGS = [
  'bind',
  'connect',
  'listen',
  'accept',
  'send',
  'receive',
  'shutdown',
  'close',
  'later',
] as const;

/** A name of few, so that sockets meet; now and then nonsense. */
const name = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(fc.constantFrom(ANY4, ANY6, LOOPBACK4, LOOPBACK6), fc.integer({ min: 0, max: 3 })),
  },
  fc.uint8Array({ maxLength: 30 }),
);
const step = fc.record({
  make: fc.option(fc.nat(MAKERS.length - 1), { freq: 3 }),
  which: fc.nat(7),
  what: fc.constantFrom(...DOINGS),
  name,
  bytes: fc.uint8Array({ maxLength: 40 }),
  flags: fc.nat(255),
});

test('whatever sockets are asked for, nothing is left of them when all are closed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const at = desk();
      const { vfs } = at;
      const open: Socket[] = [];
      for (const each of steps) {
        if (each.make !== null) open.push(MAKERS[each.make]!(at));
        const socket = open[each.which % Math.max(1, open.length)];
        if (socket === undefined) continue;
        const protocol = protocolOf(socket);
        const bytes = Array.isArray(each.name)
          ? packInet(each.name[0].length === 8 ? AF.INET : AF.INET6, { ip: each.name[0], port: each.name[1] })
          : each.name;
        const isPatient = (each.flags & 1) !== 0;
        socket.options.reuseAddress = (each.flags & 2) !== 0;
        socket.options.reusePort = (each.flags & 4) !== 0;
        socket.options.linger = each.flags & 8 ? 0 : -1;
        if (each.what === 'bind') protocol.bind(vfs, socket, bytes, OWNER);
        else if (each.what === 'connect') protocol.connect(vfs, socket, bytes, isPatient);
        else if (each.what === 'listen') protocol.listen(vfs, socket, each.flags & 3);
        else if (each.what === 'accept') {
          const served = protocol.accept(vfs, socket, isPatient);
          if (typeof served === 'object' && 'id' in served) open.push(served);
        } else if (each.what === 'send') {
          const to = each.flags & 16 ? { name: bytes } : {};
          protocol.send(vfs, socket, new BufferTransfer(each.bytes), { isPatient, ...to });
        } else if (each.what === 'receive') {
          const isPeek = (each.flags & 32) !== 0;
          protocol.receive(vfs, socket, new BufferTransfer(new Uint8Array(20)), { isPatient, isPeek });
        } else if (each.what === 'shutdown')
          protocol.shutdown(vfs, socket, (each.flags & 1) !== 0, (each.flags & 2) !== 0);
        else if (each.what === 'later') at.around.now += 30e9;
        else {
          protocol.close(vfs, socket);
          open.splice(open.indexOf(socket), 1);
        }
        for (const other of open) protocolOf(other).poll(vfs, other);
        expect(vfs.buffers).toBe([...vfs.sockets.values()].reduce((sum, s) => sum + s.inboxBytes, 0));
      }
      for (const socket of open) protocolOf(socket).close(vfs, socket);
      const { tcp, udp, udplite, ping, connections, listeners, netlink, remnants } = vfs.inet;
      const held = [vfs.sockets, udp.buckets, udplite.buckets, ping.buckets, connections, listeners, netlink];
      expect(held.map(({ size }) => size)).toEqual(held.map(() => 0));
      const users = [...tcp.buckets.values()].flatMap(({ sockets }) => [...sockets]);
      const kept = [...tcp.buckets.values()].reduce((sum, bucket) => sum + bucket.remnants.size, 0);
      expect([vfs.buffers, users, kept]).toEqual([0, [], remnants.size]);
    }),
    { numRuns: 300 },
  );
});
