/** /proc/PID/net: sockets and devices, in the columns that fuser, ss and netstat parse. Linux: net/unix, net/ipv4. */
import { AF, LO, type Socket } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { hex } from './format.ts';
import { inetTables, UDP6_HEAD } from './net-inet.ts';

const UNIX_HEAD = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const RAW_HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';
const NETLINK_HEAD =
  'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n';
const DEV_HEAD =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const ROUTE_HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
/** Linux pads the lines of this table. */
const ROUTE_WIDTH = 127;

const TYPES: Readonly<Record<string, number>> = { stream: 1, dgram: 2, seqpacket: 5 };
/** __SO_ACCEPTCON. */
const LISTENS = 0x10000;
const UNCONNECTED = 1;
const CONNECTED = 3;

/** Abstract names are shown with @ for the leading zero. */
const nameOf = (address: string): string => (address === '' ? '' : ` ${address.replace(/\0/g, '@')}`);

const sockets = (k: Kernel, family: number): Socket[] =>
  [...k.vfs.sockets.values()].filter((socket) => socket.family === family);

const unixText = (k: Kernel): string =>
  UNIX_HEAD +
  sockets(k, AF.UNIX)
    .map(({ id, type, state, address }) => {
      const flags = hex(state === 'listening' ? LISTENS : 0, 8);
      const connected = hex(state === 'connected' ? CONNECTED : UNCONNECTED, 2);
      const inode = String(id).padStart(5);
      return `${hex(0, 16)}: 00000002 00000000 ${flags} ${hex(TYPES[type] ?? 0, 4)} ${connected} ${inode}${nameOf(address)}\n`;
    })
    .join('');

const netlinkText = (k: Kernel): string =>
  NETLINK_HEAD +
  sockets(k, AF.NETLINK)
    .map(({ id, protocol, netlink, inboxBytes }) => {
      const columns = [
        hex(0, 16),
        String(protocol).padEnd(3),
        String(netlink!.port).padEnd(10),
        hex(netlink!.groups, 8),
        String(inboxBytes).padEnd(8),
        '0'.padEnd(8),
        '0'.padEnd(5),
        '2'.padEnd(8),
        '0'.padEnd(8),
        String(id).padEnd(8),
      ];
      return `${columns.join(' ')}\n`;
    })
    .join('');

function devText(k: Kernel): string {
  const { bytes, packets } = k.vfs.inet;
  const count = `${String(bytes).padStart(8)} ${String(packets).padStart(7)}`;
  return (
    DEV_HEAD +
    `${LO.name.padStart(6)}: ${count}    0    0    0     0          0         0 ${count}    0    0    0     0       0          0\n`
  );
}

const count = (k: Kernel, by: Socket['by'], family: number): number =>
  sockets(k, family).filter((socket) => socket.by === by).length;

/** Linux: sockstat_seq_show(). */
function sockstatText(k: Kernel): string {
  const ended = [...k.vfs.inet.remnants.values()].filter(({ state }) => state === 'TIME_WAIT').length;
  const tcp = count(k, 'tcp', AF.INET);
  return [
    `sockets: used ${k.vfs.sockets.size}`,
    `TCP: inuse ${tcp} orphan 0 tw ${ended} alloc ${tcp} mem 0`,
    `UDP: inuse ${count(k, 'udp', AF.INET)} mem 0`,
    'UDPLITE: inuse 0',
    'RAW: inuse 0',
    'FRAG: inuse 0 memory 0',
    '',
  ].join('\n');
}

const sockstat6Text = (k: Kernel): string =>
  [
    `TCP6: inuse ${count(k, 'tcp', AF.INET6)}`,
    `UDP6: inuse ${count(k, 'udp', AF.INET6)}`,
    'UDPLITE6: inuse 0',
    'RAW6: inuse 0',
    'FRAG6: inuse 0 memory 0',
    '',
  ].join('\n');

/** Both routes of lo: the local table's address, and the main one's. Linux: rt6_info_route(). */
const ipv6RouteText = (): string =>
  [
    ['1', '80', '00000100', '00000001', '00000001'],
    ['1', '80', '00000000', '00000002', '80200001'],
  ]
    .map(([last, prefix, metric, , flags]) => {
      const ip = `${'0'.repeat(31)}${last}`;
      const none = '0'.repeat(32);
      return `${ip} ${prefix} ${none} 00 ${none} ${metric} 00000001 00000000 ${flags} ${LO.name.padStart(8)}\n`;
    })
    .join('');

/** Files of /proc/PID/net. */
export const NET: Readonly<Record<string, (k: Kernel) => string>> = {
  'PID/net/arp': () => 'IP address       HW type     Flags       HW address            Mask     Device\n',
  'PID/net/dev': devText,
  'PID/net/if_inet6': () => `${'0'.repeat(31)}1 01 80 10 80 ${LO.name.padStart(8)}\n`,
  'PID/net/ipv6_route': ipv6RouteText,
  'PID/net/netlink': netlinkText,
  'PID/net/packet': () => 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n',
  'PID/net/raw': () => RAW_HEAD,
  'PID/net/raw6': () => UDP6_HEAD,
  'PID/net/route': () => `${ROUTE_HEAD.padEnd(ROUTE_WIDTH)}\n`,
  'PID/net/sockstat': sockstatText,
  'PID/net/sockstat6': sockstat6Text,
  'PID/net/unix': unixText,
  ...inetTables,
};
