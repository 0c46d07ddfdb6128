/** epoll_create1, epoll_ctl, epoll_pwait. Linux: fs/eventpoll.c; man 7 epoll. */
import { type Errno, O } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  type EpollEvent,
  epollAdd,
  epollCollect,
  epollDelete,
  epollModify,
  epollOf,
  type InodeId,
  inodeOf,
  installFd,
  newEpoll,
  type OpenFile,
  type Outcome,
} from '../vfs/index.ts';
import { fd, flags, inTimespec, int, oneOf, size } from './args.ts';
import { isBeyond, openFile } from './file.ts';
import { setMilliseconds, swapMask } from './poll.ts';
import { foundEvents, wantedEvent } from './text/poll.ts';
import { inSet } from './text/sigset.ts';
import { timespecOf } from './time-struct.ts';

export const epollCreate1 = syscall({
  nr: 20,
  name: 'epoll_create1',
  args: [flags({ EPOLL_CLOEXEC: O.O_CLOEXEC })],
  errors: ['EINVAL', 'EMFILE', 'ENFILE'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, bits) =>
    (bits & ~O.O_CLOEXEC) !== 0 ? 'EINVAL' : installFd(k.vfs, k.files, newEpoll(k.vfs), bits !== 0),
});

const OPERATIONS = { EPOLL_CTL_ADD: 1, EPOLL_CTL_DEL: 2, EPOLL_CTL_MOD: 3 };

/** struct epoll_event: u32 events, u64 data at 8. */
const EVENT_SIZE = 16;

function readEvent(k: Kernel, addr: number): EpollEvent | 'EFAULT' {
  const events = k.user.readI32(addr);
  const [dataLo, dataHi] = [k.user.readU32(addr + 8), k.user.readU32(addr + 12)];
  return events === undefined || dataLo === undefined || dataHi === undefined
    ? 'EFAULT'
    : { events, dataLo, dataHi };
}

type Change = (k: Kernel, of: OpenFile, file: OpenFile, number: number, event: EpollEvent) => Errno | null;

const CHANGES: Partial<Readonly<Record<number, Change>>> = {
  [OPERATIONS.EPOLL_CTL_ADD]: (k, of, file, number, event) =>
    epollAdd(k.vfs, epollOf(k.vfs, of), file, number, event),
  [OPERATIONS.EPOLL_CTL_MOD]: (k, of, file, number, event) =>
    epollModify(k.vfs, epollOf(k.vfs, of), file, number, event),
  [OPERATIONS.EPOLL_CTL_DEL]: (k, of, file, number) => epollDelete(k.vfs, epollOf(k.vfs, of), file, number),
};

const NO_EVENT: EpollEvent = { events: 0, dataLo: 0, dataHi: 0 };

/** The drivers of memory devices: of these only the random ones tell when they are ready. */
const MEMORY_MAJOR = 1;
const FIRST_RANDOM = 8;

function canPoll(k: Kernel, { kind, inode }: OpenFile): boolean {
  if (kind !== 'device') return kind !== 'regular' && kind !== 'directory';
  const { rdev } = inodeOf(k.vfs, inode as InodeId);
  return rdev >> 8 !== MEMORY_MAJOR || (rdev & 255) >= FIRST_RANDOM;
}

export const epollCtl = syscall({
  nr: 21,
  name: 'epoll_ctl',
  args: [fd, oneOf(OPERATIONS), fd, wantedEvent],
  errors: ['EBADF', 'EEXIST', 'EFAULT', 'EINVAL', 'ELOOP', 'ENOENT', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, epfd, operation, number, addr) {
    const event = operation === OPERATIONS.EPOLL_CTL_DEL ? NO_EVENT : readEvent(k, addr);
    if (event === 'EFAULT') return event;
    const of = openFile(k, epfd);
    const file = openFile(k, number);
    if (of === undefined || file === undefined) return 'EBADF';
    // Files that are always ready cannot be watched (man 2 epoll_ctl, EPERM).
    if (!canPoll(k, file)) return 'EPERM';
    const change = CHANGES[operation];
    if (of.kind !== 'epoll' || of === file || change === undefined) return 'EINVAL';
    return change(k, of, file, number, event) ?? 0;
  },
});

/** Waits for events of an epoll; the caller has set the deadline. */
function collect(k: Kernel, epfd: number, addr: number, max: number): Outcome {
  const file = openFile(k, epfd);
  if (file === undefined) return 'EBADF';
  if (max <= 0 || max > 0x7fffffff / EVENT_SIZE) return 'EINVAL';
  if (isBeyond(addr, max * EVENT_SIZE)) return 'EFAULT';
  if (file.kind !== 'epoll') return 'EINVAL';
  const epoll = epollOf(k.vfs, file);
  const given = epollCollect(k.vfs, epoll, max, (index, { events, dataLo, dataHi }) => {
    const at = addr + index * EVENT_SIZE;
    return (
      k.user.writeU32(at, events >>> 0) && k.user.writeU32(at + 8, dataLo) && k.user.writeU32(at + 12, dataHi)
    );
  });
  if (given !== 0) return given;
  return k.expired() ? 0 : k.waitOn('epoll', [epoll.queue], epoll.id);
}

const WAIT_ERRORS = ['EBADF', 'EFAULT', 'EINTR', 'EINVAL'] as const;

export const epollPwait = syscall({
  nr: 22,
  name: 'epoll_pwait',
  args: [fd, foundEvents, int, int, inSet(5), size],
  errors: WAIT_ERRORS,
  interrupted: 'EINTR',
  support: 'full',
  run(k, epfd, addr, max, timeout, mask, maskSize) {
    setMilliseconds(k, timeout);
    return swapMask(k, mask, maskSize) ?? collect(k, epfd, addr, max);
  },
});

export const epollPwait2 = syscall({
  nr: 441,
  name: 'epoll_pwait2',
  args: [fd, foundEvents, int, inTimespec, inSet(5), size],
  errors: WAIT_ERRORS,
  interrupted: 'EINTR',
  support: 'full',
  run(k, epfd, addr, max, timeout, mask, maskSize) {
    const time = timeout === 0 ? undefined : timespecOf.read(k, timeout);
    if (typeof time === 'string') return time;
    k.deadline(time);
    return swapMask(k, mask, maskSize) ?? collect(k, epfd, addr, max);
  },
});

export const EPOLL_CALLS = [epollCreate1, epollCtl, epollPwait, epollPwait2];
