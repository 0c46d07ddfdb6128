/** All kinds of events. Fields named `…Name` hold an interned text. */
import { SYSCALL_NAMES, signalName } from '../abi/index.ts';
import { eventKind } from './event.ts';

const hex = (n: number) => `0x${n.toString(16)}`;
const callName = (nr: number) => SYSCALL_NAMES[nr] ?? `syscall_${nr}`;

/** Why a task left its CPU, or why a fault was raised: fields hold an index into these. */
export const FAULT_KINDS = [
  'demand-zero',
  'file',
  'copy-on-write',
  'stack-growth',
  'spurious',
  'SEGV_MAPERR',
  'SEGV_ACCERR',
  'BUS_ADRERR',
  'out-of-memory',
] as const;
export const FAULT_ACCESSES = ['read', 'write', 'exec'] as const;
export const WAKE_REASONS = ['event', 'timeout', 'signal'] as const;

/** A CPU began to run the task. */
export const dispatch = eventKind({
  id: 0,
  name: 'dispatch',
  fields: ['waited'],
  always: true,
  text: ({ waited }) => `dispatched after ${waited} ns in the ready queue`,
});

/** The timer took the CPU away at the end of the slice. */
export const preempt = eventKind({
  id: 1,
  name: 'preempt',
  fields: ['ran'],
  always: true,
  text: ({ ran }) => `preempted: its slice of ${ran} ns is over`,
});

/** The task gave its CPU up by sched_yield. */
export const yielded = eventKind({
  id: 2,
  name: 'yield',
  fields: [],
  always: true,
  text: () => 'yields the processor',
});

export const block = eventKind({
  id: 3,
  name: 'block',
  fields: ['onName', 'detail', 'until'],
  always: true,
  text: ({ onName, detail }, names) => `waits: ${names(onName)}${detail === 0 ? '' : ` ${hex(detail)}`}`,
});

export const wake = eventKind({
  id: 4,
  name: 'wake',
  fields: ['reason', 'by'],
  always: true,
  text: ({ reason, by }) => `ready again: ${WAKE_REASONS[reason]}${by === 0 ? '' : ` by ${by}`}`,
});

/** Another task than before got the CPU. */
export const contextSwitch = eventKind({
  id: 5,
  name: 'switch',
  fields: ['from', 'cost'],
  always: true,
  text: ({ from, cost }) => `switch from ${from}${cost === 0 ? '' : `, ${cost} ns`}`,
});

export const fork = eventKind({
  id: 6,
  name: 'fork',
  fields: ['child', 'group', 'flags'],
  always: true,
  text: ({ child, group }) => (child === group ? `forks process ${child}` : `starts thread ${child}`),
});

export const exec = eventKind({
  id: 7,
  name: 'exec',
  fields: ['pathName', 'commName'],
  always: true,
  text: ({ pathName }, names) => `executes ${names(pathName)}`,
});

export const exit = eventKind({
  id: 8,
  name: 'exit',
  fields: ['status', 'group'],
  always: true,
  text: ({ status }) =>
    (status & 0x7f) === 0 ? `exits with ${(status >> 8) & 0xff}` : `dies of ${signalName(status & 0x7f)}`,
});

export const reap = eventKind({
  id: 9,
  name: 'reap',
  fields: ['child', 'status'],
  always: true,
  text: ({ child }) => `reaps ${child}`,
});

export const reparent = eventKind({
  id: 10,
  name: 'reparent',
  fields: ['child', 'to'],
  always: true,
  text: ({ child, to }) => `orphan ${child} is adopted by ${to}`,
});

export const stop = eventKind({
  id: 11,
  name: 'stop',
  fields: ['signo'],
  always: true,
  text: ({ signo }) => (signo === 0 ? 'continues' : `stopped by ${signalName(signo)}`),
});

export const signal = eventKind({
  id: 12,
  name: 'signal',
  fields: ['signo', 'code', 'from'],
  always: true,
  text: ({ signo, from }) => `takes ${signalName(signo)}${from === 0 ? '' : ` from ${from}`}`,
});

export const oomKill = eventKind({
  id: 13,
  name: 'oom-kill',
  fields: ['victim', 'pages'],
  always: true,
  text: ({ victim, pages }) => `out of memory: kills ${victim}, which holds ${pages} pages`,
});

/** socket and socketpair are there, but not for every family of addresses. */
const SOCKET_CALLS: ReadonlySet<number> = new Set([198, 199]);
const FAMILIES: Readonly<Record<number, string>> = {
  2: 'AF_INET',
  10: 'AF_INET6',
  16: 'AF_NETLINK',
  17: 'AF_PACKET',
  40: 'AF_VSOCK',
};

export const unsupported = eventKind({
  id: 14,
  name: 'unsupported',
  fields: ['nr', 'a0', 'a1'],
  always: true,
  text: ({ nr, a0 }) =>
    `unsupported: ${callName(nr)}${SOCKET_CALLS.has(nr) ? `(${FAMILIES[a0] ?? a0})` : ''}`,
});

export const idle = eventKind({
  id: 15,
  name: 'idle',
  fields: ['until'],
  always: true,
  text: ({ until }) => `all tasks wait until ${until}`,
});

export const syscallEnter = eventKind({
  id: 16,
  name: 'syscall-enter',
  fields: ['nr', 'a0', 'a1', 'a2'],
  always: false,
  text: ({ nr, a0, a1, a2 }) => `${callName(nr)}(${[a0, a1, a2].map(hex).join(', ')}, …)`,
});

export const syscallExit = eventKind({
  id: 17,
  name: 'syscall-exit',
  fields: ['nr', 'result'],
  always: false,
  text: ({ nr, result }) => `${callName(nr)} = ${result}`,
});

export const pageFault = eventKind({
  id: 18,
  name: 'page-fault',
  fields: ['address', 'access', 'outcome', 'pc'],
  always: false,
  text: ({ address, access, outcome }) =>
    `page fault: ${FAULT_ACCESSES[access]} ${hex(address)}, ${FAULT_KINDS[outcome]}`,
});

/** A call failed with an errno its declaration does not list: a fault of ours, worth a report. */
export const undeclared = eventKind({
  id: 19,
  name: 'undeclared-errno',
  fields: ['nr', 'errno'],
  always: true,
  text: ({ nr, errno }) => `${callName(nr)} failed with the undeclared errno ${errno}`,
});

/** Every kind, at the index of its id. */
export const EVENT_KINDS = [
  dispatch,
  preempt,
  yielded,
  block,
  wake,
  contextSwitch,
  fork,
  exec,
  exit,
  reap,
  reparent,
  stop,
  signal,
  oomKill,
  unsupported,
  idle,
  syscallEnter,
  syscallExit,
  pageFault,
  undeclared,
] as const;
