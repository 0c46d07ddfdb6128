/** Kinds of events that are recorded when somebody asks: signals sent, descriptors, bytes, mappings, locks, devices. */
import { signalName } from '../abi/index.ts';
import { eventKind } from './event.ts';
import { ADDRESS, BYTES, COUNT, FD, hex, NAME, oneOf, SIGNO, TID } from './field.ts';

/** Which way bytes went: fields hold an index into these. */
export const DIRECTIONS = ['read', 'write'] as const;
/** What became of a mapping. */
export const MAPPING_CHANGES = ['map', 'unmap', 'protect', 'move'] as const;
/** What a task asked of a futex. */
export const FUTEX_ACTIONS = ['wait', 'wake', 'lock', 'unlock', 'requeue'] as const;

export const signalSent = eventKind({
  id: 20,
  name: 'signal-sent',
  group: 'signals',
  means:
    'The task sent a signal, or the kernel did while it ran (0: a timer or the outside); to which process or thread.',
  fields: { signo: SIGNO, to: TID, code: COUNT },
  always: false,
  text: ({ signo, to }) => `sends ${signalName(signo)} to ${to}`,
});

export const fdOpen = eventKind({
  id: 21,
  name: 'fd-open',
  group: 'files',
  means: 'The task got a descriptor of an open file: of what kind, and its name or its number in brackets.',
  fields: { fd: FD, typeName: NAME, whatName: NAME, file: COUNT },
  always: false,
  text: ({ fd, whatName }, names) => `opens ${names(whatName)} as ${fd}`,
});

export const fdDup = eventKind({
  id: 22,
  name: 'fd-dup',
  group: 'files',
  means: 'The task got another descriptor of the same open file, with its offset.',
  fields: { fd: FD, from: FD, file: COUNT },
  always: false,
  text: ({ fd, from }) => `has ${fd} name what ${from} names`,
});

export const fdClose = eventKind({
  id: 23,
  name: 'fd-close',
  group: 'files',
  means: 'A descriptor was closed: by the task, by exec, or by its end.',
  fields: { fd: FD, file: COUNT },
  always: false,
  text: ({ fd }) => `closes ${fd}`,
});

export const transfer = eventKind({
  id: 24,
  name: 'transfer',
  group: 'files',
  means:
    'Bytes went between the task and an open file (a file, pipe, socket, terminal): of what kind, and which.',
  fields: { direction: oneOf(DIRECTIONS), bytes: BYTES, typeName: NAME, file: COUNT },
  always: false,
  text: ({ direction, bytes, typeName, file }, names) =>
    `${DIRECTIONS[direction]}s ${bytes} bytes, ${names(typeName)} ${file}`,
});

export const mapping = eventKind({
  id: 25,
  name: 'mapping',
  group: 'memory',
  means:
    'The task changed its address space (mmap, munmap, mprotect, mremap): `detail` is the protection, or where it was.',
  fields: { change: oneOf(MAPPING_CHANGES), start: ADDRESS, bytes: BYTES, detail: ADDRESS },
  always: false,
  text: ({ change, start, bytes, detail }) =>
    `${MAPPING_CHANGES[change]}s ${bytes} bytes at ${hex(start)}${detail === 0 ? '' : ` (${hex(detail)})`}`,
});

export const brk = eventKind({
  id: 26,
  name: 'brk',
  group: 'memory',
  means: 'The end of the heap moved there, or stayed because nothing else was asked.',
  fields: { end: ADDRESS, asked: ADDRESS },
  always: false,
  text: ({ end }) => `the heap ends at ${hex(end)}`,
});

export const futex = eventKind({
  id: 27,
  name: 'futex',
  group: 'scheduling',
  means: 'The task asked something of a futex, with how many it woke or what it failed with.',
  fields: { action: oneOf(FUTEX_ACTIONS), address: ADDRESS, result: COUNT },
  always: false,
  text: ({ action, address, result }) => `futex ${FUTEX_ACTIONS[action]} ${hex(address)} = ${result}`,
});

export const ioRequest = eventKind({
  id: 28,
  name: 'io-request',
  group: 'devices',
  means:
    'The task made a request to the disk: its number, the first page of the file, how many, and the object.',
  fields: { request: COUNT, first: COUNT, pages: COUNT, object: COUNT },
  always: true,
  text: ({ request, pages }) => `asks the disk for ${pages} pages (request ${request})`,
});

export const ioComplete = eventKind({
  id: 29,
  name: 'io-complete',
  group: 'devices',
  means: 'The disk interrupted: this request is served.',
  fields: { request: COUNT, pages: COUNT },
  always: true,
  text: ({ request }) => `interrupt: the disk has served request ${request}`,
});

export const rename = eventKind({
  id: 30,
  name: 'rename',
  group: 'processes',
  means: 'The task named itself otherwise (prctl PR_SET_NAME, or /proc/self/comm).',
  fields: { commName: NAME },
  always: true,
  text: ({ commName }, names) => `is named ${names(commName)}`,
});
