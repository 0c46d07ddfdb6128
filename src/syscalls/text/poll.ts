/** What calls wait for and what they found, as strace prints it: poll, select, epoll. */
import { type Arg, asInt, asUint, asUnsigned64, type Kernel, type ResultText } from '../../kernel/index.ts';
import { bitNames, pointer, shownBytes, wordOf } from '../args.ts';
import { addressText, fieldsAt, timespec } from './fields.ts';
import { signalSetAt } from './sigset.ts';

const POLL = {
  POLLIN: 1,
  POLLPRI: 2,
  POLLOUT: 4,
  POLLRDNORM: 0x40,
  POLLWRNORM: 0x100,
  POLLRDBAND: 0x80,
  POLLWRBAND: 0x200,
  POLLERR: 8,
  POLLHUP: 0x10,
  POLLNVAL: 0x20,
  POLLRDHUP: 0x2000,
};
const pollBits = (bits: number): string => bitNames(POLL, '0', bits, 'POLL???');
const POLLFD = 8;

/** The descriptors of ppoll(2). A negative one is not looked at. */
export const pollFds: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    if (addr === 0) return 'NULL';
    const count = asUint(k.call.words[2]!);
    const shown: string[] = [];
    for (let i = 0; i < Math.min(count, shownBytes(k)); i++) {
      const at = fieldsAt(k, addr + i * POLLFD, POLLFD);
      if (at === null)
        return i === 0
          ? addressText(addr)
          : `[${shown.join(', ')}, ... /* ${addressText(addr + i * POLLFD)} */]`;
      const number = at.i32(0);
      shown.push(number < 0 ? `{fd=${number}}` : `{fd=${number}, events=${pollBits(at.u16(4))}}`);
    }
    return `[${shown.join(', ')}${count > shown.length ? ', ...' : ''}]`;
  },
};

/** The time that a call has left, where it has one. */
function left(k: Kernel, index: number): string[] {
  const at = wordOf(k, index) === 0 ? null : fieldsAt(k, wordOf(k, index), 16);
  return at === null ? [] : [`left ${timespec(at, 0)}`];
}

/** `1 ([{fd=3, revents=POLLIN}], left {…})`. */
export const pollResult: ResultText = (result, k) => {
  if (result === 0) return '0 (Timeout)';
  const [addr, count] = [wordOf(k, 0), asUint(k.call.words[2]!)];
  const found: string[] = [];
  for (let i = 0; i < count && found.length < result; i++) {
    const at = fieldsAt(k, addr + i * POLLFD, POLLFD);
    if (at === null) break;
    if (at.u16(6) !== 0) found.push(`{fd=${at.i32(0)}, revents=${pollBits(at.u16(6))}}`);
  }
  return `${result} (${[`[${found.join(', ')}]`, ...left(k, 2)].join(', ')})`;
};

/** The descriptors in a set of select(2); null where it cannot be read. */
function inFdSet(k: Kernel, addr: number): number[] | null {
  const count = Math.max(0, Math.min(asInt(k.call.words[0]!), 1024));
  const at = fieldsAt(k, addr, Math.ceil(count / 8));
  if (at === null) return null;
  const numbers: number[] = [];
  for (let n = 0; n < count; n++) if (at.u8(n >> 3) & (1 << (n & 7))) numbers.push(n);
  return numbers;
}

/** A set of descriptors. */
export const fdSet: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const numbers = addr === 0 || asInt(k.call.words[0]!) < 0 ? null : inFdSet(k, addr);
    return numbers === null ? addressText(addr) : `[${numbers.join(' ')}]`;
  },
};

/** `1 (in [3], left {…})`. */
export const selectResult: ResultText = (result, k) => {
  if (result === 0) return '0 (Timeout)';
  const told = ['in', 'out', 'except'].flatMap((name, i) => {
    const addr = wordOf(k, 1 + i);
    const numbers = addr === 0 ? null : inFdSet(k, addr);
    return numbers === null || numbers.length === 0 ? [] : [`${name} [${numbers.join(' ')}]`];
  });
  return `${result} (${[...told, ...left(k, 4)].join(', ')})`;
};

/** The mask of pselect6(2) and its size, which are one argument. */
export const packedMask: Arg<number> = {
  decode: asUnsigned64,
  show(addr, k) {
    const at = addr === 0 ? null : fieldsAt(k, addr, 16);
    if (at === null) return addressText(addr);
    const [mask, size] = [at.word(0), at.word(8)];
    const told = mask === 0 || size !== 8 ? null : signalSetAt(k, mask);
    return `{sigmask=${told ?? addressText(mask)}, sigsetsize=${size}}`;
  },
};

const EPOLL = {
  EPOLLIN: 1,
  EPOLLPRI: 2,
  EPOLLOUT: 4,
  EPOLLRDNORM: 64,
  EPOLLRDBAND: 128,
  EPOLLWRNORM: 256,
  EPOLLWRBAND: 512,
  EPOLLMSG: 1024,
  EPOLLERR: 8,
  EPOLLHUP: 16,
  EPOLLRDHUP: 0x2000,
  EPOLLEXCLUSIVE: 1 << 28,
  EPOLLWAKEUP: 1 << 29,
  EPOLLONESHOT: 1 << 30,
  EPOLLET: 0x80000000 | 0,
};
/** struct epoll_event: u32 events, u64 data at 8. */
const EVENT = 16;

function epollEvent(k: Kernel, addr: number): string | null {
  const at = fieldsAt(k, addr, EVENT);
  if (at === null) return null;
  const data = at.u64(8);
  return `{events=${bitNames(EPOLL, '0', at.i32(0), 'EPOLL???')}, data=${data === 0n ? 'NULL' : `0x${data.toString(16)}`}}`;
}

const EPOLL_CTL_DEL = 2;
/** What epoll_ctl(2) wants to hear of; to remove something nobody looks at it. */
export const wantedEvent: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k) =>
    (addr === 0 || k.call.words[2] === EPOLL_CTL_DEL ? null : epollEvent(k, addr)) ?? addressText(addr),
};

/** Events that are told. */
export const foundEvents: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show(addr, k, result) {
    if (typeof result !== 'number') return pointer.show(addr, k, null);
    const events = Array.from({ length: result }, (_, i) => epollEvent(k, addr + i * EVENT));
    return `[${events.join(', ')}]`;
  },
};
