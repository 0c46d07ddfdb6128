/** Options of TCP. man 7 tcp; Linux: net/ipv4/tcp.c. */
import { type Socket, TCP_STATES } from '../vfs/index.ts';
import { kept, keptFlag, keyOf, type Option, type Options, store, storedAt, told } from './option-row.ts';

export const SOL_TCP = 6;
export const SOL_UDP = 17;
export const SOL_UDPLITE = 136;

const TCP = {
  NODELAY: 1,
  MAXSEG: 2,
  CORK: 3,
  KEEPIDLE: 4,
  KEEPINTVL: 5,
  KEEPCNT: 6,
  SYNCNT: 7,
  LINGER2: 8,
  DEFER_ACCEPT: 9,
  WINDOW_CLAMP: 10,
  INFO: 11,
  QUICKACK: 12,
  CONGESTION: 13,
  THIN_LINEAR_TIMEOUTS: 16,
  USER_TIMEOUT: 18,
  REPAIR: 19,
  FASTOPEN: 23,
  TIMESTAMP: 24,
  NOTSENT_LOWAT: 25,
  FASTOPEN_CONNECT: 30,
  ULP: 31,
  INQ: 36,
} as const;

const stored = (option: number, bounds?: Parameters<typeof kept>[2]): Option => kept(SOL_TCP, option, bounds);
const flag = (option: number, first = 0): Option => keptFlag(SOL_TCP, option, first);

/** What fits into a segment on lo, with timestamps; before there is a connection, the least there may be. */
const SEGMENT = { idle: 536, connected: 32741 } as const;
const segmentOf = ({ tcp }: Socket): number =>
  tcp!.state === 'CLOSE' || tcp!.state === 'LISTEN' ? SEGMENT.idle : SEGMENT.connected;

/** Only what a kernel without other modules has. */
const CONGESTION = ['reno', 'cubic'];
const text = (name: string): Uint8Array => Uint8Array.from(name.padEnd(16, '\0'), (c) => c.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/\0.*/s, '');

const congestion: Option = {
  get: ({ options }) => text(CONGESTION[options.stored[keyOf(SOL_TCP, TCP.CONGESTION)] ?? 1]!),
  set: () => 'EINVAL',
  setBytes(socket, bytes) {
    const at = CONGESTION.indexOf(textOf(bytes.subarray(0, 15)));
    return at < 0 ? 'ENOENT' : store(socket, keyOf(SOL_TCP, TCP.CONGESTION), at);
  },
};

const INFO_BYTES = 248;

/** struct tcp_info: what there is to tell about a connection that loses nothing. */
function info(socket: Socket): Uint8Array {
  const bytes = new Uint8Array(INFO_BYTES);
  const view = new DataView(bytes.buffer);
  const { state, sent, received } = socket.tcp!;
  bytes[0] = TCP_STATES[state];
  // TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE.
  bytes[5] = state === 'CLOSE' || state === 'LISTEN' ? 0 : 7;
  const segment = segmentOf(socket);
  // Where: rto, snd_mss, rcv_mss, pmtu, rcv_ssthresh, rtt, snd_cwnd, advmss, reordering, rcv_space.
  const words: readonly (readonly [number, number])[] = [
    [8, 200_000],
    [16, segment],
    [20, segment],
    [60, 65535],
    [64, 65483],
    [68, 20],
    [80, 10],
    [84, 65483],
    [88, 3],
    [96, 65483],
  ];
  for (const [at, value] of words) view.setUint32(at, value, true);
  view.setUint32(24, state === 'LISTEN' ? socket.backlog.length : 0, true);
  if (state === 'LISTEN') view.setUint32(28, socket.backlogMax, true);
  view.setUint32(120, sent, true);
  view.setUint32(128, received, true);
  return bytes;
}

export const TCP_OPTIONS: Options = {
  [TCP.NODELAY]: flag(TCP.NODELAY),
  [TCP.MAXSEG]: {
    get: (socket) => [segmentOf(socket)],
    set: (socket, value) =>
      value !== 0 && (value < 88 || value > 32767)
        ? 'EINVAL'
        : store(socket, keyOf(SOL_TCP, TCP.MAXSEG), value),
  },
  [TCP.CORK]: flag(TCP.CORK),
  [TCP.KEEPIDLE]: stored(TCP.KEEPIDLE, { first: 7200, min: 1, max: 32767 }),
  [TCP.KEEPINTVL]: stored(TCP.KEEPINTVL, { first: 75, min: 1, max: 32767 }),
  [TCP.KEEPCNT]: stored(TCP.KEEPCNT, { first: 9, min: 1, max: 127 }),
  [TCP.SYNCNT]: stored(TCP.SYNCNT, { first: 6, min: 1, max: 127 }),
  [TCP.LINGER2]: stored(TCP.LINGER2, { first: 60 }),
  [TCP.DEFER_ACCEPT]: stored(TCP.DEFER_ACCEPT),
  [TCP.WINDOW_CLAMP]: stored(TCP.WINDOW_CLAMP, { min: 0 }),
  [TCP.INFO]: told(info),
  [TCP.QUICKACK]: flag(TCP.QUICKACK, 1),
  [TCP.CONGESTION]: congestion,
  [TCP.THIN_LINEAR_TIMEOUTS]: stored(TCP.THIN_LINEAR_TIMEOUTS, { min: 0, max: 1 }),
  [TCP.USER_TIMEOUT]: stored(TCP.USER_TIMEOUT, { min: 0 }),
  [TCP.REPAIR]: { get: () => 'EPERM', set: () => 'EPERM' },
  [TCP.FASTOPEN]: stored(TCP.FASTOPEN, { min: 0 }),
  [TCP.TIMESTAMP]: told(() => [0]),
  [TCP.NOTSENT_LOWAT]: stored(TCP.NOTSENT_LOWAT),
  [TCP.FASTOPEN_CONNECT]: { get: () => [0], set: () => 'EOPNOTSUPP' },
  // No module is there that could take a connection over (TLS).
  [TCP.ULP]: { get: () => new Uint8Array(0), set: () => 'ENOENT', setBytes: () => 'ENOENT' },
  [TCP.INQ]: flag(TCP.INQ),
};

const UDP_CORK = 1;

/** Segmentation (UDP_SEGMENT, UDP_GRO) is a matter of network hardware. */
export const UDP_OPTIONS: Options = { [UDP_CORK]: keptFlag(SOL_UDP, UDP_CORK) };

/** From how many bytes on the checksum is cut; of a header it has all. */
const coverage = (option: number): Option => ({
  get: (socket) => [storedAt(socket, keyOf(SOL_UDPLITE, option)) ?? 0],
  set: (socket, value) =>
    store(socket, keyOf(SOL_UDPLITE, option), value === 0 ? 0 : Math.min(Math.max(value, 8), 0xffff)),
});

const UDPLITE_SEND_CSCOV = 10;
const UDPLITE_RECV_CSCOV = 11;

/** man 7 udplite; Linux: udp_lib_setsockopt(). */
export const UDPLITE_OPTIONS: Options = {
  ...UDP_OPTIONS,
  [UDPLITE_SEND_CSCOV]: coverage(UDPLITE_SEND_CSCOV),
  [UDPLITE_RECV_CSCOV]: coverage(UDPLITE_RECV_CSCOV),
};
