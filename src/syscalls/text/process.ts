/** What calls on processes take and give, as strace prints it: ids, limits, capabilities, scheduling, ends of children. */
import { CAP, signalName } from '../../abi/index.ts';
import {
  type Arg,
  asInt,
  asUint,
  asUnsigned64,
  type Kernel,
  type ResultText,
  SCHED,
} from '../../kernel/index.ts';
import { bitNames, pointer, struct } from '../args.ts';
import { addressText, type Fields, fieldsAt, structure, timeval } from './fields.ts';
import { siginfoAt } from './siginfo.ts';

/** A number that the call tells: `[5]`. */
export const outNumber: Arg<number> = struct(
  structure(4, (at) => `[${at.u32(0)}]`),
  'after',
);

const ids = (k: Kernel, addr: number, count: number): string | null => {
  const at = fieldsAt(k, addr, 4 * count);
  return at === null ? null : `[${Array.from({ length: count }, (_, i) => at.u32(4 * i)).join(', ')}]`;
};
const MOST_GROUPS = 65_536;

/** The groups that setgroups(2) is given. */
export const inGroups: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const count = asUint(k.call.words[0]!);
    return (addr === 0 || count > MOST_GROUPS ? null : ids(k, addr, count)) ?? addressText(addr);
  },
};
/** Those that getgroups(2) tells; with no room it only counts. */
export const outGroups: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show(addr, k, result) {
    const told =
      typeof result === 'string' || addr === 0 || k.call.words[0] === 0 ? null : ids(k, addr, Number(result));
    return told ?? addressText(addr);
  },
};

const INFINITY = 2n ** 64n - 1n;
const KIBI = 1024n;
/** Above a kibibyte, whole kibibytes are told as a product. */
function limitText(value: bigint): string {
  if (value === INFINITY) return 'RLIM64_INFINITY';
  return value > KIBI && value % KIBI === 0n ? `${value / KIBI}*1024` : String(value);
}
const rlimitText = structure(
  16,
  (at) => `{rlim_cur=${limitText(at.u64(0))}, rlim_max=${limitText(at.u64(8))}}`,
);
export const inLimit: Arg<number> = struct(rlimitText);
export const outLimit: Arg<number> = struct(rlimitText, 'after');

/** personality(2) tells what it was. */
export const personaResult: ResultText = (result) => {
  const flags = bitNames({ ADDR_NO_RANDOMIZE: 0x40000 }, '', result & ~0xff, 'PER_???');
  const kind = (result & 0xff) === 0 ? 'PER_LINUX' : `0x${(result & 0xff).toString(16)} /* PER_??? */`;
  return `${result === 0 ? '0' : `0x${result.toString(16)}`} (${flags === '' ? kind : `${kind}|${flags}`})`;
};

const CLASSES = ['IOPRIO_CLASS_NONE', 'IOPRIO_CLASS_RT', 'IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE'];
const priorityText = (value: number): string =>
  `IOPRIO_PRIO_VALUE(${CLASSES[value >> 13] ?? `0x${(value >> 13).toString(16)} /* IOPRIO_CLASS_??? */`}, ${value & 0x1fff})`;
/** The class and the level in a word. */
export const ioPriority: Arg<number> = { decode: asInt, show: priorityText };
export const ioPriorityResult: ResultText = (result) =>
  `${result === 0 ? '0' : `0x${result.toString(16)}`} (${priorityText(result)})`;

const POLICIES = new Map(Object.entries(SCHED).map(([name, value]) => [value as number, name]));
const RESET = 0x40000000;
/** A policy, and whether children get it. */
export function policyText(value: number): string {
  const kind = value & ~RESET;
  const name = POLICIES.get(kind) ?? `0x${(kind >>> 0).toString(16)} /* SCHED_??? */`;
  return value & RESET ? `${name}|SCHED_RESET_ON_FORK` : name;
}
export const policy: Arg<number> = { decode: asInt, show: policyText };
export const policyResult: ResultText = (result) =>
  `${result === 0 ? '0' : `0x${result.toString(16)}`} (${policyText(result)})`;

const SCHED_FLAGS = {
  SCHED_FLAG_RESET_ON_FORK: 1,
  SCHED_FLAG_RECLAIM: 2,
  SCHED_FLAG_DL_OVERRUN: 4,
  SCHED_FLAG_KEEP_POLICY: 8,
  SCHED_FLAG_KEEP_PARAMS: 16,
  SCHED_FLAG_UTIL_CLAMP_MIN: 32,
  SCHED_FLAG_UTIL_CLAMP_MAX: 64,
};
const LEAST_ATTR = 48;
const MOST_ATTR = 56;
function attributesAt(k: Kernel, addr: number, room: number): string | null {
  const head = addr === 0 ? null : fieldsAt(k, addr, 4);
  if (head === null) return null;
  const size = head.u32(0);
  const at = fieldsAt(k, addr, Math.min(Math.max(size, LEAST_ATTR), MOST_ATTR, Math.max(room, LEAST_ATTR)));
  if (at === null) return null;
  const fields = [
    `size=${size}`,
    `sched_policy=${policyText(at.i32(4))}`,
    `sched_flags=${bitNames(SCHED_FLAGS, '0', at.i32(8), 'SCHED_FLAG_???')}`,
    `sched_nice=${at.i32(16)}`,
    `sched_priority=${at.u32(20)}`,
    `sched_runtime=${at.u64(24)}`,
    `sched_deadline=${at.u64(32)}`,
    `sched_period=${at.u64(40)}`,
  ];
  if (size >= MOST_ATTR && at.bytes.length >= MOST_ATTR)
    fields.push(`sched_util_min=${at.u32(48)}`, `sched_util_max=${at.u32(52)}`);
  return `{${fields.join(', ')}}`;
}
export const inAttributes: Arg<number> = struct((k, addr) => attributesAt(k, addr, MOST_ATTR));
export const outAttributes: Arg<number> = struct(
  (k, addr) => attributesAt(k, addr, k.call.words[4]!),
  'after',
);

const CAP_VERSIONS: Readonly<Record<number, string>> = {
  429392688: '_LINUX_CAPABILITY_VERSION_1',
  537333798: '_LINUX_CAPABILITY_VERSION_2',
  537396514: '_LINUX_CAPABILITY_VERSION_3',
};
/** Whose capabilities, and in which layout. */
export const capHeader: Arg<number> = struct(
  structure(8, (at) => {
    const version =
      CAP_VERSIONS[at.u32(0)] ?? `0x${at.u32(0).toString(16)} /* _LINUX_CAPABILITY_VERSION_??? */`;
    return `{version=${version}, pid=${at.i32(4)}}`;
  }),
);

function capSet(at: Fields, offset: number, words: number): string {
  const names = Object.entries(CAP)
    .filter(
      ([, bit]) => (bit < 32 ? true : words > 1) && (at.u32(offset + 12 * (bit >> 5)) >>> (bit & 31)) & 1,
    )
    .map(([name]) => `1<<${name}`);
  return names.join('|') || '0';
}
function capText(k: Kernel, addr: number): string | null {
  const header = fieldsAt(k, asUnsigned64(k.call.words[0]!, k.call.words[1]!), 8);
  const words = header !== null && header.u32(0) === 429392688 ? 1 : 2;
  const at = fieldsAt(k, addr, 12 * words);
  if (at === null) return null;
  const sets = ['effective', 'permitted', 'inheritable'].map(
    (name, i) => `${name}=${capSet(at, 4 * i, words)}`,
  );
  return `{${sets.join(', ')}}`;
}
export const inCaps: Arg<number> = struct(capText);
export const outCaps: Arg<number> = struct(capText, 'after');

function statusText(status: number): string {
  if (status === 0xffff) return '[{WIFCONTINUED(s)}]';
  const signo = (status >> 8) & 0xff;
  if ((status & 0xff) === 0x7f) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${signalName(signo)}}]`;
  if ((status & 0x7f) === 0) return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${signo}}]`;
  const core = (status & 0x80) === 0 ? '' : ' && WCOREDUMP(s)';
  return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signalName(status & 0x7f)}${core}}]`;
}
/** A wait status; nothing was written when no child was reported. */
export const outStatus: Arg<number> = {
  ...pointer,
  when: 'after',
  show(addr, k, result) {
    const status = addr !== 0 && typeof result === 'number' && result > 0 ? k.user.readI32(addr) : undefined;
    return status === undefined ? addressText(addr) : statusText(status);
  },
};
/** What waitid(2) found. */
export const outInfo: Arg<number> = struct(siginfoAt, 'after');
/** What somebody has used, in brief. */
export const outUsage: Arg<number> = struct(
  structure(144, (at) => `{ru_utime=${timeval(at, 0)}, ru_stime=${timeval(at, 16)}, ...}`),
  'after',
);

const NAMESPACES = {
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
};
/** Which kind of namespace setns(2) is to enter. */
export const namespaceKind: Arg<number> = {
  decode: asInt,
  show: (value) => bitNames(NAMESPACES, '0', value, 'CLONE_NEW???'),
};
