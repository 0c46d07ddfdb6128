/** Events that a system call leaves when it has returned, by its number: bytes moved, mappings changed, futexes asked. */
import { ERRNO, type Errno, SYSCALL_NAMES } from '../abi/index.ts';
import { type AnyEventKind, DIRECTIONS, EVENT, FUTEX_ACTIONS, MAPPING_CHANGES } from '../events/index.ts';
import { fileAt } from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';

type After = (k: Kernel, result: number | Errno) => void;

/** An argument of the call that ends, as an unsigned number. */
export const argument = (k: Kernel, i: number): number =>
  (k.call.words[2 * i]! >>> 0) + (k.call.words[2 * i + 1]! >>> 0) * 2 ** 32;

/** The current task did this. */
function tell(k: Kernel, kind: AnyEventKind, a = 0, b = 0, c = 0, d = 0): void {
  k.events.record(kind, k.clock, k.cpu.id, k.task.tid, a, b, c, d);
}

const moves =
  (what: (typeof DIRECTIONS)[number]): After =>
  (k, result) => {
    if (typeof result !== 'number' || result <= 0 || k.events.skips(EVENT.transfer)) return;
    const file = fileAt(k.vfs, k.files, k.call.words[0]!);
    const kind = k.events.intern(file?.kind ?? '');
    tell(k, EVENT.transfer, DIRECTIONS.indexOf(what), result, kind, file?.id ?? 0);
  };

const maps =
  (what: (typeof MAPPING_CHANGES)[number], of: (k: Kernel, result: number) => readonly number[]): After =>
  (k, result) => {
    if (typeof result !== 'number' || k.events.skips(EVENT.mapping)) return;
    const [start, bytes, detail] = of(k, result);
    tell(k, EVENT.mapping, MAPPING_CHANGES.indexOf(what), start, bytes, detail);
  };

const resultOf = (result: number | Errno): number => (typeof result === 'number' ? result : -ERRNO[result]);

const asksFutex =
  (what: (typeof FUTEX_ACTIONS)[number]): After =>
  (k, result) => {
    if (k.events.skips(EVENT.futex)) return;
    tell(k, EVENT.futex, FUTEX_ACTIONS.indexOf(what), argument(k, 0), resultOf(result));
  };

/** The operations of futex(2), by their number. */
const FUTEX_OPERATIONS: readonly (typeof FUTEX_ACTIONS)[number][] = [
  'wait',
  'wake',
  'wait',
  'requeue',
  'requeue',
  'wake',
  'lock',
  'unlock',
  'lock',
  'wait',
  'wake',
  'wait',
  'requeue',
  'lock',
];

const FUTEX = FUTEX_OPERATIONS.map(asksFutex);

/** What each call leaves, by its name. */
const BY_NAME: Readonly<Record<string, After>> = {
  read: moves('read'),
  readv: moves('read'),
  pread64: moves('read'),
  preadv: moves('read'),
  preadv2: moves('read'),
  recvfrom: moves('read'),
  recvmsg: moves('read'),
  write: moves('write'),
  writev: moves('write'),
  pwrite64: moves('write'),
  pwritev: moves('write'),
  pwritev2: moves('write'),
  sendto: moves('write'),
  sendmsg: moves('write'),
  sendfile: moves('write'),
  mmap: maps('map', (k, start) => [start, argument(k, 1), argument(k, 2)]),
  munmap: maps('unmap', (k) => [argument(k, 0), argument(k, 1)]),
  mprotect: maps('protect', (k) => [argument(k, 0), argument(k, 1), argument(k, 2)]),
  mremap: maps('move', (k, start) => [start, argument(k, 2), argument(k, 0)]),
  brk: (k, result) => tell(k, EVENT.brk, resultOf(result), argument(k, 0)),
  futex: (k, result) => FUTEX[k.call.words[2]! & 127]?.(k, result),
  futex_wait: asksFutex('wait'),
  futex_wake: asksFutex('wake'),
  futex_requeue: asksFutex('requeue'),
};

/** By number; undefined for calls that leave nothing more. */
export const AFTER_CALL: readonly (After | undefined)[] = Array.from(
  { length: Math.max(...Object.keys(SYSCALL_NAMES).map(Number)) + 1 },
  (_, nr) => BY_NAME[SYSCALL_NAMES[nr] ?? ''],
);
