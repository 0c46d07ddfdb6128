/** Sockets of the Internet and netlink, asked wrongly. */
import { after, BUF, type ErrnoCase, onlyHere, refuses, type Step } from './errno-case.ts';

const [INET, INET6, NETLINK] = [2, 10, 16];
const [STREAM, DGRAM, RAW, SEQPACKET] = [1, 2, 3, 5];

/** struct sockaddr_in. */
const in4 = (port: number, ...ip: readonly number[]): Uint8Array =>
  Uint8Array.from([INET, 0, port >> 8, port & 255, ...ip, 0, 0, 0, 0, 0, 0, 0, 0]);
/** struct sockaddr_in6 whose address ends with these bytes. */
const in6 = (port: number, ...end: readonly number[]): Uint8Array => {
  const ip = [...new Array(16 - end.length).fill(0), ...end];
  return Uint8Array.from([INET6, 0, port >> 8, port & 255, 0, 0, 0, 0, ...ip, 0, 0, 0, 0]);
};

const tcp: Step = ['socket', [INET, STREAM, 0], 3];
const tcp6: Step = ['socket', [INET6, STREAM, 0], 3];
const udp: Step = ['socket', [INET, DGRAM, 0], 3];
/** Ports nobody else should have while the tests run. */
const [PORT, NOBODY] = [45917, 45918];
const bound: Step = ['bind', [3, in4(PORT, 127, 0, 0, 1), 16], 0];

export const inetCases: readonly ErrnoCase[] = [
  refuses('socket', [INET, 99, 0], 'EINVAL'),
  refuses('socket', [INET, 4, 0], 'ESOCKTNOSUPPORT'),
  refuses('socket', [INET, SEQPACKET, 0], 'ESOCKTNOSUPPORT'),
  refuses('socket', [INET, STREAM, 17], 'EPROTONOSUPPORT'),
  refuses('socket', [INET, DGRAM, 6], 'EPROTONOSUPPORT'),
  refuses('socket', [INET, RAW, 0], 'EPROTONOSUPPORT'),
  refuses('socket', [INET, STREAM, -1], 'EINVAL'),
  refuses('socket', [NETLINK, STREAM, 0], 'ESOCKTNOSUPPORT'),
  refuses('socket', [NETLINK, DGRAM, 99], 'EPROTONOSUPPORT'),
  onlyHere('there may be raw sockets', refuses('socket', [INET, RAW, 1], 'EPROTONOSUPPORT')),
  refuses('socketpair', [INET, STREAM, 0, BUF], 'EOPNOTSUPP'),
  after([tcp], 'bind', [3, in4(0, 127, 0, 0, 1), 8], 'EINVAL'),
  after([tcp], 'bind', [3, in6(0, 1), 28], 'EAFNOSUPPORT'),
  after([tcp], 'bind', [3, in4(0, 203, 0, 113, 1), 16], 'EADDRNOTAVAIL'),
  after([tcp6], 'bind', [3, in6(0, 1), 16], 'EINVAL'),
  after([tcp, bound], 'bind', [3, in4(0, 127, 0, 0, 1), 16], 'EINVAL'),
  after(
    [tcp, bound, ['socket', [INET, STREAM, 0], 4]],
    'bind',
    [4, in4(PORT, 127, 0, 0, 1), 16],
    'EADDRINUSE',
  ),
  after([tcp], 'accept', [3, 0, 0], 'EINVAL'),
  after([udp], 'listen', [3, 1], 'EOPNOTSUPP'),
  after([udp], 'accept', [3, 0, 0], 'EOPNOTSUPP'),
  after([tcp], 'connect', [3, in4(NOBODY, 127, 0, 0, 1), 16], 'ECONNREFUSED'),
  after([tcp], 'connect', [3, in4(NOBODY, 127, 0, 0, 1), 8], 'EINVAL'),
  after([tcp], 'connect', [3, in6(NOBODY, 1), 28], 'EAFNOSUPPORT'),
  after([tcp, ['listen', [3, 1], 0]], 'connect', [3, in4(NOBODY, 127, 0, 0, 1), 16], 'EISCONN'),
  after(
    [['socket', [INET, STREAM | 0o4000, 0], 3]],
    'connect',
    [3, in4(NOBODY, 127, 0, 0, 1), 16],
    'EINPROGRESS',
  ),
  after([tcp], 'getpeername', [3, BUF, [16]], 'ENOTCONN'),
  after([tcp], 'shutdown', [3, 0], 'ENOTCONN'),
  after([udp], 'shutdown', [3, 0], 'ENOTCONN'),
  after([tcp], 'recvfrom', [3, BUF, 1, 0, 0, 0], 'ENOTCONN'),
  after([tcp], 'sendto', [3, BUF, 1, 0x4000, 0, 0], 'EPIPE'),
  after([udp], 'sendto', [3, BUF, 1, 0, 0, 0], 'EDESTADDRREQ'),
  after([udp], 'sendto', [3, BUF, 1, 0, in4(0, 127, 0, 0, 1), 16], 'EINVAL'),
  after([udp], 'sendto', [3, BUF, 1, 0, in4(9, 127, 0, 0, 1), 8], 'EINVAL'),
  after([udp], 'sendto', [3, BUF, 1, 0, in4(9, 127, 255, 255, 255), 16], 'EACCES'),
  after([udp], 'sendto', [3, BUF, 70000, 0, in4(9, 127, 0, 0, 1), 16], 'EMSGSIZE'),
  after([udp], 'recvfrom', [3, BUF, 1, 0x40, 0, 0], 'EAGAIN'),
  after([udp], 'recvfrom', [3, BUF, 1, 0x41, 0, 0], 'EAGAIN'),
  after([udp], 'sendto', [3, BUF, 1, 1, in4(9, 127, 0, 0, 1), 16], 'EOPNOTSUPP'),
  after([tcp], 'getsockopt', [3, 6, 999, BUF, [4]], 'ENOPROTOOPT'),
  after([tcp], 'getsockopt', [3, 41, 26, BUF, [4]], 'EOPNOTSUPP'),
  after([tcp], 'setsockopt', [3, 6, 4, [0], 4], 'EINVAL'),
  after([tcp], 'setsockopt', [3, 0, 2, [256], 4], 'EINVAL'),
  after([udp], 'setsockopt', [3, 6, 1, [1], 4], 'ENOPROTOOPT'),
  after([udp, ['bind', [3, in4(0, 0, 0, 0, 0), 16], 0]], 'setsockopt', [3, 0, 35, [0], 8], 'EINVAL'),
  after([tcp6, ['bind', [3, in6(0), 28], 0]], 'setsockopt', [3, 41, 26, [1], 4], 'EINVAL'),
];
