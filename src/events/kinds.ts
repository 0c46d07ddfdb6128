/**
 * Kinds of events that tell of tasks and their scheduling, always recorded, and of calls and faults. Fields named
 * `…Name` hold an interned text.
 */
import { signalName } from '../abi/index.ts';
import { eventKind } from './event.ts';
import {
  ADDRESS,
  CALL,
  COUNT,
  callName,
  type FieldKind,
  hex,
  NAME,
  NANOS,
  oneOf,
  SIGNO,
  STATUS,
  TID,
} from './field.ts';

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
/** Why the task that had the CPU before has left it. */
export const SWITCH_REASONS = [
  'first',
  'blocked',
  'slice',
  'yield',
  'preempted',
  'exited',
  'stopped',
] as const;
/** The same by name. */
export const LEFT = {
  first: 0,
  blocked: 1,
  slice: 2,
  yield: 3,
  preempted: 4,
  exited: 5,
  stopped: 6,
} as const satisfies Readonly<Record<(typeof SWITCH_REASONS)[number], number>>;
/** Set beside the reason when the new task has another address space: satp changes, too. */
export const OTHER_SPACE = 8;

export const dispatch = eventKind({
  id: 0,
  name: 'dispatch',
  group: 'scheduling',
  means: 'A CPU began to run the task, which had been ready for so long.',
  fields: { waited: NANOS },
  always: true,
  text: ({ waited }) => `dispatched after ${waited} ns in the ready queue`,
});

export const preempt = eventKind({
  id: 1,
  name: 'preempt',
  group: 'scheduling',
  means: 'The CPU was taken away: the slice is used up, or another task goes before.',
  fields: { ran: NANOS },
  always: true,
  text: ({ ran }) => `preempted: its slice of ${ran} ns is over`,
});

export const yielded = eventKind({
  id: 2,
  name: 'yield',
  group: 'scheduling',
  means: 'The task gave its CPU up by sched_yield.',
  fields: {},
  always: true,
  text: () => 'yields the processor',
});

export const block = eventKind({
  id: 3,
  name: 'block',
  group: 'scheduling',
  means: 'The task waits: for what, which one, and until when at most.',
  fields: { onName: NAME, detail: ADDRESS, until: NANOS },
  always: true,
  text: ({ onName, detail }, names) => `waits: ${names(onName)}${detail === 0 ? '' : ` ${hex(detail)}`}`,
});

export const wake = eventKind({
  id: 4,
  name: 'wake',
  group: 'scheduling',
  means: 'The wait is over: why, and by whom.',
  fields: { reason: oneOf(WAKE_REASONS), by: TID },
  always: true,
  text: ({ reason, by }) => `ready again: ${WAKE_REASONS[reason]}${by === 0 ? '' : ` by ${by}`}`,
});

const HOW: FieldKind = {
  means: `why the former task left: ${SWITCH_REASONS.map((word) => `\`${word}\``).join(', ')}; with \`+satp\` when the address space is another one`,
  json: (how) => SWITCH_REASONS[how & (OTHER_SPACE - 1)] + ((how & OTHER_SPACE) === 0 ? '' : '+satp'),
};

export const contextSwitch = eventKind({
  id: 5,
  name: 'switch',
  group: 'scheduling',
  means: 'The CPU got another task than it had before: from whom, why that one left, what for, and the cost.',
  fields: { from: TID, how: HOW, forName: NAME, cost: NANOS },
  always: true,
  text: ({ from, how, forName, cost }, names) =>
    [
      from === 0 ? 'first on its processor' : `switch from ${from}, ${leftWhy(how, names(forName))}`,
      ...movedBy(how),
      ...(cost === 0 ? [] : [`${cost} ns`]),
    ].join('; '),
});

/** Why the task before left the CPU, in words: from the field `how` of a switch, and the text of `forName`. */
export function leftWhy(how: number, what: string): string {
  const reason = SWITCH_REASONS[how & (OTHER_SPACE - 1)]!;
  if (what === '') return LEFT_WORDS[reason];
  return reason === 'blocked' ? `which waits: ${what}` : `${LEFT_WORDS[reason]} by ${what}`;
}

const LEFT_WORDS: Readonly<Record<(typeof SWITCH_REASONS)[number], string>> = {
  first: 'which had it first',
  blocked: 'which waits',
  slice: 'whose slice is used up',
  yield: 'which yields',
  preempted: 'preempted',
  exited: 'which has ended',
  stopped: 'which is stopped',
};

/** What a task's context is in this processor: all of it is moved together. */
const CONTEXT = 'x1-x31, pc, f0-f31, fcsr';

/** What a switch saved and restored, from its field `how`, in words. */
export function movedBy(how: number): string[] {
  const reason = SWITCH_REASONS[how & (OTHER_SPACE - 1)]!;
  const isSaved = reason !== 'first' && reason !== 'exited';
  const space = (how & OTHER_SPACE) === 0 ? '' : ', satp';
  return [...(isSaved ? [`saved ${CONTEXT}`] : []), `restored ${CONTEXT}${space}`];
}

export const fork = eventKind({
  id: 6,
  name: 'fork',
  group: 'processes',
  means:
    'The task made a child: a process when `child` equals `group`, else a thread. With the flags of clone.',
  fields: { child: TID, group: TID, flags: ADDRESS },
  always: true,
  text: ({ child, group }) => (child === group ? `forks process ${child}` : `starts thread ${child}`),
});

export const exec = eventKind({
  id: 7,
  name: 'exec',
  group: 'processes',
  means: 'The task runs another program: its path, and its name as ps shows it.',
  fields: { pathName: NAME, commName: NAME },
  always: true,
  text: ({ pathName }, names) => `executes ${names(pathName)}`,
});

export const exit = eventKind({
  id: 8,
  name: 'exit',
  group: 'processes',
  means: 'The task ended. `group` is its process.',
  fields: { status: STATUS, group: TID },
  always: true,
  text: ({ status }) =>
    (status & 0x7f) === 0 ? `exits with ${(status >> 8) & 0xff}` : `dies of ${signalName(status & 0x7f)}`,
});

export const reap = eventKind({
  id: 9,
  name: 'reap',
  group: 'processes',
  means: 'The process took the end of a child in (wait): the child is gone now.',
  fields: { child: TID, status: STATUS },
  always: true,
  text: ({ child }) => `reaps ${child}`,
});

export const reparent = eventKind({
  id: 10,
  name: 'reparent',
  group: 'processes',
  means: 'The process ended before its child, which somebody adopted.',
  fields: { child: TID, to: TID },
  always: true,
  text: ({ child, to }) => `orphan ${child} is adopted by ${to}`,
});

export const stop = eventKind({
  id: 11,
  name: 'stop',
  group: 'signals',
  means: 'The task was stopped by a signal, or continues (0).',
  fields: { signo: SIGNO },
  always: true,
  text: ({ signo }) => (signo === 0 ? 'continues' : `stopped by ${signalName(signo)}`),
});

export const signal = eventKind({
  id: 12,
  name: 'signal',
  group: 'signals',
  means: 'The task takes a signal: its handler runs, or what is the default happens.',
  fields: { signo: SIGNO, code: COUNT, from: TID },
  always: true,
  text: ({ signo, from }) => `takes ${signalName(signo)}${from === 0 ? '' : ` from ${from}`}`,
});

export const oomKill = eventKind({
  id: 13,
  name: 'oom-kill',
  group: 'memory',
  means: 'Memory is exhausted, and the kernel chose whom to kill.',
  fields: { victim: TID, pages: COUNT },
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
  group: 'calls',
  means: 'The task asked for something that is not there.',
  fields: { nr: CALL, a0: ADDRESS, a1: ADDRESS },
  always: true,
  text: ({ nr, a0 }) =>
    `unsupported: ${callName(nr)}${SOCKET_CALLS.has(nr) ? `(${FAMILIES[a0] ?? a0})` : ''}`,
});

export const idle = eventKind({
  id: 15,
  name: 'idle',
  group: 'scheduling',
  means: 'All tasks wait, and time passes until this instant.',
  fields: { until: NANOS },
  always: true,
  text: ({ until }) => `all tasks wait until ${until}`,
});

export const syscallEnter = eventKind({
  id: 16,
  name: 'syscall-enter',
  group: 'calls',
  means: 'The task made a system call. The first three arguments.',
  fields: { nr: CALL, a0: ADDRESS, a1: ADDRESS, a2: ADDRESS },
  always: false,
  text: ({ nr, a0, a1, a2 }) => `${callName(nr)}(${[a0, a1, a2].map(hex).join(', ')}, …)`,
});

export const syscallExit = eventKind({
  id: 17,
  name: 'syscall-exit',
  group: 'calls',
  means: 'The call returned: a number, or minus the number of an errno.',
  fields: { nr: CALL, result: COUNT },
  always: false,
  text: ({ nr, result }) => `${callName(nr)} = ${result}`,
});

export const pageFault = eventKind({
  id: 18,
  name: 'page-fault',
  group: 'memory',
  means: 'An access needed the kernel: where, which, what came of it, and the instruction.',
  fields: { address: ADDRESS, access: oneOf(FAULT_ACCESSES), outcome: oneOf(FAULT_KINDS), pc: ADDRESS },
  always: false,
  text: ({ address, access, outcome }) =>
    `page fault: ${FAULT_ACCESSES[access]} ${hex(address)}, ${FAULT_KINDS[outcome]}`,
});

export const undeclared = eventKind({
  id: 19,
  name: 'undeclared-errno',
  group: 'calls',
  means: 'A call failed with an errno that its declaration does not list: a fault of ours.',
  fields: { nr: CALL, errno: COUNT },
  always: true,
  text: ({ nr, errno }) => `${callName(nr)} failed with the undeclared errno ${errno}`,
});
