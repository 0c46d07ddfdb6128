/** The protocols, and a socket as an open file. */
import { O } from '../../abi/index.ts';
import { type FileOps, NO_OPS } from '../file-ops.ts';
import { releaseFile } from '../open-file.ts';
import type { Vfs } from '../vfs.ts';
import { NETLINK } from './netlink.ts';
import { PING } from './ping.ts';
import type { Protocol } from './protocol.ts';
import { type ProtocolName, type Socket, socketOf } from './socket.ts';
import { TCP } from './tcp-protocol.ts';
import { UDP } from './udp.ts';
import { UNIX } from './unix.ts';

const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  unix: UNIX,
  tcp: TCP,
  udp: UDP,
  ping: PING,
  netlink: NETLINK,
};

export const protocolOf = (socket: Socket): Protocol => PROTOCOLS[socket.by];

const isPatient = (flags: number): boolean => (flags & O.O_NONBLOCK) === 0;

export const SOCKET_OPS: FileOps = {
  ...NO_OPS,
  read(vfs, file, to) {
    if (to.left === 0) return 0;
    const socket = socketOf(vfs, file);
    const got = protocolOf(socket).receive(vfs, socket, to, { isPatient: isPatient(file.flags) });
    if (typeof got !== 'object' || 'on' in got) return got;
    // read(2) has no place for what came along (man 7 unix).
    for (const sent of got.files) releaseFile(vfs, sent);
    return got.count;
  },
  write(vfs, file, from) {
    const socket = socketOf(vfs, file);
    return protocolOf(socket).send(vfs, socket, from, { isPatient: isPatient(file.flags) });
  },
  poll(vfs: Vfs, file) {
    const socket = socketOf(vfs, file);
    return protocolOf(socket).poll(vfs, socket);
  },
  queues: (vfs, file) => socketOf(vfs, file).queues,
  ioctl(vfs, file, request, argument) {
    const socket = socketOf(vfs, file);
    return protocolOf(socket).ioctl(vfs, socket, request, argument);
  },
  close(vfs, file) {
    const socket = socketOf(vfs, file);
    return protocolOf(socket).close(vfs, socket);
  },
};
