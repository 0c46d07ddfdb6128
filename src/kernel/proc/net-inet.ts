/** /proc/PID/net/{tcp,udp,udplite}{,6}: who uses which port. Linux: tcp4_seq_show(), udp4_format_sock(). */
import {
  AF,
  type Endpoint,
  expireRemnants,
  isV4,
  type Socket,
  TCP_STATES,
  widened,
} from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { hex } from './format.ts';

const TCP_HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const TCP6_HEAD =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const UDP_HEAD =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops ';
/** Raw sockets have the same columns. */
export const UDP6_HEAD =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';
/** Lines of IPv4 are padded. */
const TCP_WIDTH = 149;
const UDP_WIDTH = 127;

const NOWHERE: Endpoint = { ip: '00000000', port: 0 };

/** An address as its words are in memory, and the port. */
function place(family: number, { ip, port }: Endpoint): string {
  const isAnything = /^0*$/.test(ip);
  const all = family === AF.INET ? ip : isV4(ip) && isAnything ? '0'.repeat(32) : widened(ip);
  const words = all.match(/.{8}/g)!.map((word) => word.match(/../g)!.reverse().join(''));
  return `${words.join('')}:${hex(port, 4)}`.toUpperCase();
}

/** What all lines have in common. */
interface Row {
  readonly family: number;
  readonly local: Endpoint;
  readonly remote: Endpoint | null;
  readonly state: number;
  readonly sent: number;
  readonly waiting: number;
  readonly timer: string;
  readonly uid: number;
  readonly inode: number;
  readonly rest: string;
}

const line = (slot: string, { family, local, remote, state, ...row }: Row): string =>
  [
    `${slot}:`,
    place(family, local),
    place(family, remote ?? NOWHERE),
    hex(state, 2).toUpperCase(),
    `${hex(row.sent, 8)}:${hex(row.waiting, 8)}`.toUpperCase(),
    row.timer,
    '00000000',
    String(row.uid).padStart(5),
    String(0).padStart(8),
    `${row.inode} ${row.rest}`,
  ].join(' ');

const NO_TIMER = '00:00000000';

function tcpRow(k: Kernel, socket: Socket): Row {
  const { family, inet, tcp, owner, id } = socket;
  const isOpen = tcp!.state === 'LISTEN';
  const isAccepted = k.vfs.inet.listeners.size === 0 || tcp!.listener === 0;
  return {
    family,
    local: inet!.local,
    remote: inet!.remote,
    state: TCP_STATES[tcp!.state],
    sent: 0,
    waiting: isOpen ? socket.backlog.length : socket.inboxBytes,
    timer: NO_TIMER,
    uid: owner.uid,
    inode: isAccepted ? id : 0,
    rest: `1 ${hex(0, 16)} ${isOpen ? '100 0 0 10 0' : '20 4 30 10 -1'}`,
  };
}

/** Connections that no socket stands for any more. */
function remnantRows(k: Kernel, family: number): Row[] {
  expireRemnants(k.vfs);
  return [...k.vfs.inet.remnants.values()]
    .filter((remnant) => remnant.family === family)
    .map(({ local, remote, state }) => ({
      family,
      local,
      remote,
      state: TCP_STATES[state],
      sent: 0,
      waiting: 0,
      timer: '03:00000000',
      uid: 0,
      inode: 0,
      rest: `3 ${hex(0, 16)}`,
    }));
}

const of = (k: Kernel, by: Socket['by'], family: number, protocol: number): Socket[] =>
  [...k.vfs.sockets.values()].filter(
    (socket) => socket.by === by && socket.family === family && socket.protocol === protocol,
  );

/** Listening sockets come first, as they do on Linux; one that is not bound is not there. */
function tcpText(k: Kernel, family: number): string {
  const bound = of(k, 'tcp', family, 6).filter(({ tcp }) => tcp!.state !== 'CLOSE');
  const [listening, others] = [true, false].map((listens) =>
    bound.filter(({ tcp }) => (tcp!.state === 'LISTEN') === listens),
  );
  const rows = [...listening!, ...others!].map((socket) => tcpRow(k, socket));
  const lines = [...rows, ...remnantRows(k, family)].map((row, i) => line(String(i).padStart(4), row));
  return table(family, TCP_HEAD, TCP6_HEAD, TCP_WIDTH, lines);
}

function udpText(k: Kernel, family: number, protocol: number): string {
  const rows = of(k, 'udp', family, protocol)
    .filter(({ inet }) => inet!.local.port !== 0)
    .map(
      ({ inet, owner, id, inboxBytes }): Row => ({
        family,
        local: inet!.local,
        remote: inet!.remote,
        state: inet!.remote === null ? TCP_STATES.CLOSE : TCP_STATES.ESTABLISHED,
        sent: 0,
        waiting: inboxBytes,
        timer: NO_TIMER,
        uid: owner.uid,
        inode: id,
        rest: `2 ${hex(0, 16)} 0`,
      }),
    );
  const lines = rows.map((row) => line(String(row.local.port % 65536).padStart(5), row));
  return table(family, UDP_HEAD, UDP6_HEAD, UDP_WIDTH, lines);
}

function table(family: number, head: string, head6: string, width: number, lines: readonly string[]): string {
  if (family === AF.INET6) return head6 + lines.map((text) => `${text}\n`).join('');
  return [head, ...lines].map((text) => `${text.padEnd(width)}\n`).join('');
}

const UDP = 17;
const UDPLITE = 136;

export const inetTables: Readonly<Record<string, (k: Kernel) => string>> = {
  'PID/net/tcp': (k) => tcpText(k, AF.INET),
  'PID/net/tcp6': (k) => tcpText(k, AF.INET6),
  'PID/net/udp': (k) => udpText(k, AF.INET, UDP),
  'PID/net/udp6': (k) => udpText(k, AF.INET6, UDP),
  'PID/net/udplite': (k) => udpText(k, AF.INET, UDPLITE),
  'PID/net/udplite6': (k) => udpText(k, AF.INET6, UDPLITE),
};
