/** process_vm_readv and writev: memory of another process, moved at once. Linux: mm/process_vm_access.c. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, mayTrace, syscall, type Tid } from '../kernel/index.ts';
import type { Mm } from '../memory/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, pointer, size } from './args.ts';
import { type Range, readRanges } from './iovec.ts';

const PIECE = 65536;

interface Ranges {
  readonly local: number;
  readonly localCount: number;
  readonly remote: number;
  readonly remoteCount: number;
  readonly flags: number;
}

/** Copies one stretch, at most a piece long; gives how much was copied before a page that may not be touched. */
type Copy = (k: Kernel, other: Mm, here: number, there: number, bytes: Uint8Array) => number;

const read: Copy = (k, other, here, there, bytes) => {
  const { user } = k.memory;
  const count = user.copyInUpTo(other, there, bytes, 0, bytes.length);
  return user.copyOutUpTo(k.mm, here, bytes, 0, count);
};

const write: Copy = (k, other, here, there, bytes) => {
  const { user } = k.memory;
  const count = user.copyInUpTo(k.mm, here, bytes, 0, bytes.length);
  return user.copyOutUpTo(other, there, bytes, 0, count);
};

function move(k: Kernel, pid: number, ranges: Ranges, copy: Copy): Outcome {
  if (ranges.flags !== 0) return 'EINVAL';
  const local = readRanges(k, ranges.local, ranges.localCount);
  if (typeof local === 'string') return local;
  const total = sum(local);
  if (total === 0) return 0;
  const remote = readRanges(k, ranges.remote, ranges.remoteCount);
  if (typeof remote === 'string') return remote;
  if (sum(remote) === 0) return 0;
  const other = memoryOf(k, pid);
  if (typeof other === 'string') return other;
  const done = copyAll(k, other, local, remote, copy);
  return done === 0 ? 'EFAULT' : done;
}

const sum = (ranges: readonly Range[]): number => ranges.reduce((bytes, { length }) => bytes + length, 0);

function memoryOf(k: Kernel, pid: number): Mm | Errno {
  const task = k.tasks.get(pid as Tid);
  const mm = task && k.mms.get(task.mm as never);
  if (task === undefined || mm === undefined) return 'ESRCH';
  return mayTrace(k, task) ? mm : 'EPERM';
}

/** Both lists are walked side by side, however their ranges are cut. */
function copyAll(
  k: Kernel,
  other: Mm,
  local: readonly Range[],
  remote: readonly Range[],
  copy: Copy,
): number {
  const buffer = new Uint8Array(Math.min(PIECE, sum(local), sum(remote)));
  let [i, j, here, there, done] = [0, 0, 0, 0, 0];
  while (i < local.length && j < remote.length) {
    const count = Math.min(local[i]!.length - here, remote[j]!.length - there, buffer.length);
    const bytes = buffer.subarray(0, count);
    const copied = count === 0 ? 0 : copy(k, other, local[i]!.addr + here, remote[j]!.addr + there, bytes);
    done += copied;
    if (copied < count) break;
    here += count;
    there += count;
    if (here === local[i]!.length) [i, here] = [i + 1, 0];
    if (there === remote[j]!.length) [j, there] = [j + 1, 0];
  }
  return done;
}

const ERRORS: readonly Errno[] = ['EFAULT', 'EINVAL', 'ENOMEM', 'EPERM', 'ESRCH'];
const ARGS = [int, pointer, size, pointer, size, size] as const;

const call = (nr: number, name: string, copy: Copy) =>
  syscall({
    nr,
    name,
    args: ARGS,
    errors: ERRORS,
    interrupted: 'never blocks',
    support: 'full',
    run: (k, pid, local, localCount, remote, remoteCount, flags) =>
      move(k, pid, { local, localCount, remote, remoteCount, flags }, copy),
  });

export const PROCESS_MEMORY_CALLS = [
  call(270, 'process_vm_readv', read),
  call(271, 'process_vm_writev', write),
];
