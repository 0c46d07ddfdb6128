/**
 * NETLINK_ROUTE: the interface, its addresses and the routes, as getifaddrs(3) and ip(8) ask for them. Nothing can be
 * changed. man 7 rtnetlink; Linux: net/core/rtnetlink.c.
 */
import { ERRNO, type Errno } from '../../abi/index.ts';
import type { Vfs } from '../vfs.ts';
import { bytesOfIp, type Ip, LOOPBACK4, LOOPBACK6 } from './address.ts';
import { LO } from './interface.ts';
import {
  attribute,
  attributesOf,
  int,
  joined,
  message,
  NLM_F,
  NLMSG,
  type Request,
  requestsOf,
  text,
} from './netlink-text.ts';
import { AF } from './socket.ts';

const RTM = {
  LINK: 16,
  ADDR: 20,
  ROUTE: 24,
  NEIGH: 28,
  RULE: 32,
  QDISC: 36,
  TCLASS: 40,
  TFILTER: 44,
} as const;
/** Of each kind of thing: NEW, DEL, GET, SET. */
const GET = 2;

/** What a question about a kind of thing yields: bodies of messages, or an errno. */
type Answer = (vfs: Vfs, request: Request, isDump: boolean) => readonly Uint8Array[] | Errno;

const HARDWARE = new Uint8Array(6);

function linkBody(vfs: Vfs): Uint8Array {
  const { bytes, packets } = vfs.inet;
  const head = joined(int(0, 2), int(LO.type, 2), int(LO.index), int(LO.flags | 0x10000), int(0));
  // struct rtnl_link_stats64: packets and bytes, received and sent, and twenty other counts.
  const stats = joined(...[packets, packets, bytes, bytes].map((n) => int(n, 8)), new Uint8Array(21 * 8));
  const rows: [number, Uint8Array][] = [
    [3, text(LO.name)],
    [13, int(LO.queueLength)],
    [16, int(0, 1)],
    [17, int(0, 1)],
    [4, int(LO.mtu)],
    [27, int(0)],
    [30, int(0)],
    [31, int(1)],
    [32, int(1)],
    [33, int(1, 1)],
    [6, text('noqueue')],
    [1, HARDWARE],
    [2, HARDWARE],
    [23, stats],
  ];
  return joined(head, ...rows.map(([type, value]) => attribute(type, value)));
}

const IFLA_IFNAME = 3;

function links(vfs: Vfs, { body }: Request, isDump: boolean): readonly Uint8Array[] | Errno {
  if (isDump) return [linkBody(vfs)];
  const index = body.length >= 8 ? new DataView(body.buffer, body.byteOffset).getInt32(4, true) : 0;
  const name = attributesOf(body, 16).get(IFLA_IFNAME);
  const isLo = name === undefined ? index === LO.index : /^lo\0*$/.test(String.fromCharCode(...name));
  return isLo ? [linkBody(vfs)] : name === undefined && index === 0 ? 'EINVAL' : 'ENODEV';
}

interface Address {
  readonly family: number;
  readonly ip: Ip;
  readonly prefix: number;
}
const ADDRESSES: readonly Address[] = [
  { family: AF.INET, ip: LOOPBACK4, prefix: 8 },
  { family: AF.INET6, ip: LOOPBACK6, prefix: 128 },
];
const PERMANENT = 0x80;
const SCOPE_HOST = 254;
const FOREVER = 0xffffffff;

function addressBody({ family, ip, prefix }: Address): Uint8Array {
  const head = joined(
    ...[family, prefix, PERMANENT, SCOPE_HOST].map((value) => int(value, 1)),
    int(LO.index),
  );
  const value = bytesOfIp(ip);
  const own = family === AF.INET ? [attribute(2, value), attribute(3, text(LO.name))] : [];
  const cache = joined(int(FOREVER), int(FOREVER), int(0), int(0));
  return joined(head, attribute(1, value), ...own, attribute(8, int(PERMANENT)), attribute(6, cache));
}

const familyOfBody = (body: Uint8Array): number => body[0] ?? 0;

/** Of one family, or of all. */
const inFamily = <T extends { readonly family: number }>(rows: readonly T[], { body }: Request): T[] =>
  rows.filter(({ family }) => familyOfBody(body) === AF.UNSPEC || family === familyOfBody(body));

interface Route {
  readonly family: number;
  readonly ip: Ip;
  readonly prefix: number;
  /** RT_TABLE_LOCAL or RT_TABLE_MAIN. */
  readonly table: 254 | 255;
  /** RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST. */
  readonly type: 1 | 2 | 3;
  readonly scope: number;
  readonly source: Ip | null;
  readonly metric: number | null;
}
const ROUTES: readonly Route[] = [
  {
    family: AF.INET,
    ip: '7f000000',
    prefix: 8,
    table: 255,
    type: 2,
    scope: SCOPE_HOST,
    source: LOOPBACK4,
    metric: null,
  },
  {
    family: AF.INET,
    ip: LOOPBACK4,
    prefix: 32,
    table: 255,
    type: 2,
    scope: SCOPE_HOST,
    source: LOOPBACK4,
    metric: null,
  },
  {
    family: AF.INET,
    ip: '7fffffff',
    prefix: 32,
    table: 255,
    type: 3,
    scope: 253,
    source: LOOPBACK4,
    metric: null,
  },
  {
    family: AF.INET6,
    ip: LOOPBACK6,
    prefix: 128,
    table: 254,
    type: 1,
    scope: 0,
    source: null,
    metric: 256,
  },
  {
    family: AF.INET6,
    ip: LOOPBACK6,
    prefix: 128,
    table: 255,
    type: 2,
    scope: 0,
    source: null,
    metric: 0,
  },
];
const PROTO_KERNEL = 2;

function routeBody({ family, ip, prefix, table, type, scope, source, metric }: Route): Uint8Array {
  const head = joined(
    ...[family, prefix, 0, 0, table, PROTO_KERNEL, scope, type].map((value) => int(value, 1)),
    int(0),
  );
  const rows = [attribute(15, int(table)), attribute(1, bytesOfIp(ip))];
  if (metric !== null) rows.push(attribute(6, int(metric)));
  if (source !== null) rows.push(attribute(7, bytesOfIp(source)));
  rows.push(attribute(4, int(LO.index)));
  return joined(head, ...rows);
}

const RTA_DST = 1;

/** Without a dump: the route to one address. */
function routes(_vfs: Vfs, request: Request, isDump: boolean): readonly Uint8Array[] | Errno {
  if (isDump) return inFamily(ROUTES, request).map(routeBody);
  const to = attributesOf(request.body, 12).get(RTA_DST);
  if (to === undefined) return 'EINVAL';
  const ip = [...to].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const isOld = to.length === 4;
  if (isOld ? !ip.startsWith('7f') : ip !== LOOPBACK6) return 'ENETUNREACH';
  const family = isOld ? AF.INET : AF.INET6;
  const source = isOld ? LOOPBACK4 : LOOPBACK6;
  const found = { family, ip, prefix: 4 * ip.length, table: isOld ? 254 : 255, source, scope: 0 } as const;
  return [routeBody({ ...found, type: 2, metric: null })];
}

/** The three rules every Linux begins with: the tables local, main and default. */
const RULES = [AF.INET, AF.INET6].flatMap((family) =>
  [
    { table: 255, priority: 0 },
    { table: 254, priority: 32766 },
    { table: 253, priority: 32767 },
  ]
    .filter(({ table }) => family === AF.INET || table !== 253)
    .map((rule) => ({ ...rule, family })),
);

function rules(_vfs: Vfs, request: Request, isDump: boolean): readonly Uint8Array[] | Errno {
  if (!isDump) return 'EOPNOTSUPP';
  return inFamily(RULES, request).map(({ family, table, priority }) => {
    // FR_ACT_TO_TBL
    const head = joined(...[family, 0, 0, 0, table, 0, 0, 1].map((value) => int(value, 1)), int(0));
    return joined(head, attribute(15, int(table)), attribute(6, int(priority)));
  });
}

/** struct tcmsg, and the name of the discipline. */
const queues: Answer = () => [
  joined(int(0), int(LO.index), int(0), int(0xffffffff), int(2), attribute(1, text('noqueue'))),
];

const none: Answer = (_vfs, _request, isDump) => (isDump ? [] : 'ENOENT');

const ANSWERS: Readonly<Record<number, Answer>> = {
  [RTM.LINK]: links,
  [RTM.ADDR]: (_vfs, request, isDump) =>
    isDump ? inFamily(ADDRESSES, request).map(addressBody) : 'EOPNOTSUPP',
  [RTM.ROUTE]: routes,
  [RTM.NEIGH]: none,
  [RTM.RULE]: rules,
  [RTM.QDISC]: queues,
  [RTM.TCLASS]: none,
  [RTM.TFILTER]: none,
};

/** struct nlmsgerr: an errno, and the question. */
const failure = (request: Request, errno: Errno | null, port: number): Uint8Array => {
  const code = errno === null ? 0 : 2 ** 32 - ERRNO[errno];
  const told = errno === null ? request.whole.subarray(0, 16) : request.whole;
  return message(NLMSG.ERROR, errno === null ? 0x100 : 0, request, port, joined(int(code), told));
};

/** The datagrams that answer one. */
export function answerRoute(vfs: Vfs, bytes: Uint8Array, port: number): Uint8Array[] {
  return requestsOf(bytes).flatMap((request) => answerOne(vfs, request, port));
}

/** A family of questions that no module answers. Linux: sock_diag_rcv_msg() without handlers. */
export const refuseAll = (_vfs: Vfs, bytes: Uint8Array, port: number): Uint8Array[] =>
  requestsOf(bytes).map((request) => failure(request, 'ENOENT', port));

/** Types below are netlink's own, not the family's. */
const NLMSG_MIN_TYPE = 16;

function answerOne(vfs: Vfs, request: Request, port: number): Uint8Array[] {
  const { type, flags } = request;
  const wantsWord = (flags & NLM_F.ACK) !== 0;
  if ((flags & 1) === 0 || type < NLMSG_MIN_TYPE) return wantsWord ? [failure(request, null, port)] : [];
  const kind = type - ((type - NLMSG_MIN_TYPE) % 4);
  const isGet = type - kind === GET;
  const isDump = isGet && (flags & NLM_F.DUMP) !== 0;
  const answer = ANSWERS[kind];
  const bodies =
    answer === undefined ? 'EOPNOTSUPP' : isGet ? answer(vfs, request, isDump) : ('EPERM' as const);
  if (typeof bodies === 'string') return [failure(request, bodies, port)];
  const told = bodies.map((body) => message(kind, isDump ? NLM_F.MULTI : 0, request, port, body));
  if (!isDump) return [...told, ...(wantsWord ? [failure(request, null, port)] : [])];
  const done = message(NLMSG.DONE, NLM_F.MULTI, request, port, int(0));
  return told.length === 0 ? [done] : [joined(...told), done];
}
