/** What can be done with a TCP socket. man 7 tcp. */
import type { Errno } from '../../abi/index.ts';
import type { IoctlArgument } from '../file-ops.ts';
import { FIONREAD, giveInt, TIOCOUTQ } from '../ioctl.ts';
import type { Outcome } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { packInet } from './address.ts';
import { interfaceIoctl } from './interface.ts';
import type { Protocol } from './protocol.ts';
import type { Socket } from './socket.ts';
import { closeConnection, notifyAll, sendFin, tcpName, tcpOf, tcpPeerName } from './tcp.ts';
import { acceptTcp, bindTcp, connectTcp, disconnect, listenTcp, stopListening } from './tcp-connect.ts';
import { pollTcp, receiveTcp, sendTcp, unsentBytes } from './tcp-stream.ts';

/** Linux: inet_shutdown(). */
function shutdown(vfs: Vfs, socket: Socket, read: boolean, write: boolean): Errno | null {
  const { state } = tcpOf(socket);
  if (state === 'LISTEN' || state === 'SYN_SENT') {
    if (read || state === 'SYN_SENT') disconnect(vfs, socket);
    return null;
  }
  socket.shutRead ||= read;
  if (write && !socket.shutWrite) {
    socket.shutWrite = true;
    sendFin(vfs, socket);
  }
  notifyAll(vfs, socket);
  return state === 'CLOSE' ? 'ENOTCONN' : null;
}

/** Whether the mark of urgent data is reached: there is none. */
const SIOCATMARK = 0x8905;

function ioctl(vfs: Vfs, socket: Socket, request: number, argument: IoctlArgument): Outcome {
  if (request === SIOCATMARK) return giveInt(argument, 0);
  if (request !== FIONREAD && request !== TIOCOUTQ) return interfaceIoctl(vfs, request, argument);
  if (tcpOf(socket).state === 'LISTEN') return 'EINVAL';
  return giveInt(argument, request === FIONREAD ? socket.inboxBytes : unsentBytes(vfs, socket));
}

function close(vfs: Vfs, socket: Socket): readonly never[] {
  if (tcpOf(socket).state === 'LISTEN') stopListening(vfs, socket);
  closeConnection(vfs, socket);
  return [];
}

export const TCP: Protocol = {
  bind: bindTcp,
  connect: connectTcp,
  listen: listenTcp,
  accept: acceptTcp,
  send: sendTcp,
  receive: receiveTcp,
  poll: pollTcp,
  shutdown,
  ioctl,
  close,
  name: tcpName,
  peerName: tcpPeerName,
  acceptedName: ({ family, inet }) => packInet(family, inet!.remote!),
};
