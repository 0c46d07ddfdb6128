/** /proc/PID/net: sockets and devices, in the columns that fuser, ss and netstat parse. Linux: net/unix, net/ipv4. */
import type { Kernel } from '../kernel.ts';
import { hex } from './format.ts';

const UNIX_HEAD = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const INET_HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const INET6_HEAD =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const DEV_HEAD =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const ROUTE_HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

const TYPES: Readonly<Record<string, number>> = { stream: 1, dgram: 2, seqpacket: 5 };
/** __SO_ACCEPTCON. */
const LISTENS = 0x10000;
const UNCONNECTED = 1;
const CONNECTED = 3;

/** Abstract names are shown with @ for the leading zero. */
const nameOf = (address: string): string => (address === '' ? '' : ` ${address.replace(/\0/g, '@')}`);

const unixText = (k: Kernel): string =>
  UNIX_HEAD +
  [...k.vfs.sockets.values()]
    .map(({ id, type, state, address }) => {
      const flags = hex(state === 'listening' ? LISTENS : 0, 8);
      const connected = hex(state === 'connected' ? CONNECTED : UNCONNECTED, 2);
      const inode = String(id).padStart(5);
      return `${hex(0, 16)}: 00000002 00000000 ${flags} ${hex(TYPES[type] ?? 0, 4)} ${connected} ${inode}${nameOf(address)}\n`;
    })
    .join('');

/** Files of /proc/PID/net. There is no network but unix sockets: the other tables are empty. */
export const NET: Readonly<Record<string, (k: Kernel) => string>> = {
  'PID/net/dev': () => DEV_HEAD,
  'PID/net/raw': () => INET_HEAD,
  'PID/net/route': () => ROUTE_HEAD,
  'PID/net/tcp': () => INET_HEAD,
  'PID/net/tcp6': () => INET6_HEAD,
  'PID/net/udp': () => INET_HEAD,
  'PID/net/udp6': () => INET6_HEAD,
  'PID/net/unix': unixText,
};
