/**
 * Futexes: tasks that wait at a word of memory. The kernel keeps only who waits where; the word itself is
 * the program's. A word in a shared mapping is named by its page object, so that unrelated processes meet.
 *
 * man 2 futex; Linux: kernel/futex/
 */
import { layout, type MmId } from '../memory/index.ts';
import type { QueueId } from '../vfs/index.ts';
import { dropEmptyQueue, moveWaiter, newEmptyQueue, waitersAt, wakeTask } from './block.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './types.ts';

export const FUTEX_BITSET_MATCH_ANY = 0xffffffff;
/** Bits of a word that a lock uses: somebody waits, its owner died without unlocking, its owner. */
export const FUTEX_WAITERS = 0x80000000 | 0;
export const FUTEX_OWNER_DIED = 0x40000000;
export const FUTEX_TID_MASK = 0x3fffffff;

/** Where words are: an address space, or, negated, a page object in a mapping that is shared. */
function findWord(k: Kernel, addr: number, isPrivate: boolean): void {
  const vma = isPrivate ? undefined : k.memory.spaces.vmaAt(k.mm, addr);
  if (vma?.shared && vma.object !== null) {
    found.space = -vma.object;
    found.at = vma.offset + addr - vma.start;
  } else {
    found.space = k.mm.id;
    found.at = addr;
  }
}
/** What `findWord` found last: read at once, so that a look-up allocates nothing. */
const found = { space: 0, at: 0 };

/** The queue of a word, made when the first task waits at it. */
export function futexQueue(k: Kernel, addr: number, isPrivate: boolean): QueueId {
  findWord(k, addr, isPrivate);
  const { space, at } = found;
  const known = k.futexes.get(space)?.get(at);
  if (known !== undefined) return known;
  const queue = newEmptyQueue(k);
  const words = k.futexes.get(space);
  if (words === undefined) k.futexes.set(space, new Map([[at, queue]]));
  else words.set(at, queue);
  return queue;
}

/** The queue of a word, or undefined when nobody has waited there lately. */
export function knownQueue(k: Kernel, addr: number, isPrivate: boolean): QueueId | undefined {
  findWord(k, addr, isPrivate);
  return k.futexes.get(found.space)?.get(found.at);
}

/** Words of an address space that goes: nobody can wait there any more. */
export function forgetFutexes(k: Kernel, mm: MmId): void {
  const words = k.futexes.get(mm);
  if (words === undefined) return;
  for (const queue of words.values()) dropEmptyQueue(k, queue);
  k.futexes.delete(mm);
}

/** How the views name a wait for one of several words. */
export const WAITV = 'futex-waitv';

/** The bits a waiter asked for are kept in its call's note. */
function wants({ wait, call }: Task, bits: number): boolean {
  return wait?.on === WAITV || ((call?.note ?? FUTEX_BITSET_MATCH_ANY) & bits) !== 0;
}

/** Who waits for a lock with priority inheritance is woken by its owner alone (futex-pi.ts). */
const isForLock = ({ wait }: Task): boolean => wait?.on !== 'futex' && wait?.on !== WAITV;

/** Wakes at most `count` waiters whose bits match, in order of arrival; gives how many. EINVAL before one for a lock. */
export function futexWake(
  k: Kernel,
  addr: number,
  count: number,
  options: { readonly isPrivate: boolean; readonly bits?: number } = { isPrivate: false },
): number | 'EINVAL' {
  const queue = knownQueue(k, addr, options.isPrivate);
  if (queue === undefined) return 0;
  const bits = options.bits ?? FUTEX_BITSET_MATCH_ANY;
  const waiters = waitersAt(k, queue);
  let woken = 0;
  for (const tid of waiters.length > 1 ? [...waiters] : waiters) {
    if (woken >= count) break;
    const task = k.tasks.get(tid)!;
    if (isForLock(task)) return 'EINVAL';
    if (!wants(task, bits)) continue;
    // futex_waitv tells which of its words it was.
    if (task.wait?.on === WAITV) task.call!.note = task.wait.queues.indexOf(queue);
    wakeTask(k, task, 'event');
    woken++;
  }
  return woken;
}

/** Moves at most `count` waiters to another word without waking them; gives how many. EINVAL before one for a lock. */
export function futexRequeue(
  k: Kernel,
  from: number,
  to: number,
  count: number,
  isPrivate: boolean,
): number | 'EINVAL' {
  const queue = knownQueue(k, from, isPrivate);
  if (queue === undefined || count <= 0) return 0;
  const target = futexQueue(k, to, isPrivate);
  const moving = waitersAt(k, queue).slice(0, count);
  for (const tid of moving) {
    const task = k.tasks.get(tid)!;
    if (isForLock(task)) return 'EINVAL';
    moveWaiter(k, task, queue, target);
  }
  return moving.length;
}

/** A dead owner's word: marked, and one waiter woken to inherit it (Linux: handle_futex_death). */
function ownerDied(k: Kernel, task: Task, addr: number, isPi: boolean): void {
  if (addr % 4 !== 0) return;
  const word = k.user.readI32(addr);
  if (word === undefined || (word & FUTEX_TID_MASK) !== task.tid) return;
  k.user.writeU32(addr, (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
  // Who waits for one with priority inheritance is served by the kernel's own record (futex-pi.ts).
  if ((word & FUTEX_WAITERS) !== 0 && !isPi) futexWake(k, addr, 1);
}

/** Linux gives up after so many entries: the list may be a cycle. */
const ROBUST_LIST_LIMIT = 2048;

/** Walks the robust list of the exiting current task: struct robust_list_head { next; futex_offset; pending }. */
export function exitRobustList(k: Kernel, task: Task): void {
  const head = task.robustList;
  task.robustList = 0;
  if (head === 0) return;
  const first = k.user.readU64(head);
  const offset = k.user.readI64(head + 8);
  const pending = k.user.readU64(head + 16);
  if (first === undefined || offset === undefined || pending === undefined) return;
  // The lowest bit of an entry marks a priority-inheritance futex.
  const entry = (raw: number) => raw - (raw % 2);
  const isPi = (raw: number) => raw % 2 === 1;
  let raw = first;
  let at: number | undefined = entry(first);
  for (let n = 0; n < ROBUST_LIST_LIMIT && at !== head && at < layout.USER_END; n++) {
    const next: number | undefined = k.user.readU64(at);
    if (at !== entry(pending)) ownerDied(k, task, at + offset, isPi(raw));
    if (next === undefined) break;
    raw = next;
    at = entry(next);
  }
  if (pending !== 0) ownerDied(k, task, entry(pending) + offset, isPi(pending));
}
