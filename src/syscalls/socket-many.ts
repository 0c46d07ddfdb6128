/** sendmmsg and recvmmsg: several messages with one call. Linux: __sys_sendmmsg(), do_recvmmsg() in net/socket.c. */
import type { Nanos } from '../base/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import { type Outcome, takeError } from '../vfs/index.ts';
import { fd, flags, inTimespec, pointer, uint } from './args.ts';
import { readHeader } from './msghdr.ts';
import { socketAt } from './socket.ts';
import { type At, MSG, RECEIVE_ERRORS, receiveMessage, SEND_ERRORS, sendMessage } from './socket-message.ts';
import { timespecOf } from './time-struct.ts';

/** struct mmsghdr: a struct msghdr, and how many bytes went. */
const MMSGHDR = 64;
const COUNT_AT = 56;
const MAX_MESSAGES = 1024;

type One = (k: Kernel, at: At, addr: number, bits: number) => Outcome;

const sendOne: One = (k, at, addr, bits) => {
  const header = readHeader(k, addr);
  return typeof header === 'string' ? header : sendMessage(k, at, header, bits);
};

const receiveOne: One = (k, at, addr, bits) => {
  const header = readHeader(k, addr);
  return typeof header === 'string'
    ? header
    : receiveMessage(k, at, addr, header, bits & ~MSG.MSG_WAITFORONE);
};

/**
 * Goes through the messages from where the call was before it waited: `note` counts those that went. An error after
 * the first message waits for the next call.
 */
function goThrough(k: Kernel, at: At, one: One, addr: number, count: number, bits: number): Outcome {
  const { call } = k;
  for (; call.note < count; call.note++) {
    const each = addr + call.note * MMSGHDR;
    const isOnlyForOne = (bits & MSG.MSG_WAITFORONE) !== 0 && call.note > 0;
    const done = one(k, at, each, isOnlyForOne ? bits | MSG.MSG_DONTWAIT : bits);
    if (typeof done === 'object') return done;
    if (typeof done === 'string') return call.note > 0 ? call.note : done;
    call.progress = 0;
    if (!k.user.writeU32(each + COUNT_AT, done)) return call.note > 0 ? call.note : 'EFAULT';
  }
  return call.note;
}

export const sendmmsg = syscall({
  nr: 269,
  name: 'sendmmsg',
  args: [fd, pointer, uint, flags(MSG)],
  errors: SEND_ERRORS,
  interrupted: 'ERESTARTSYS',
  support: { partial: 'as sendmsg' },
  run(k, number, addr, count, bits) {
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    return goThrough(k, at, sendOne, addr, Math.min(count, MAX_MESSAGES), bits);
  },
});

export const recvmmsg = syscall({
  nr: 243,
  name: 'recvmmsg',
  args: [fd, pointer, uint, flags(MSG), inTimespec],
  errors: [...RECEIVE_ERRORS, 'EMSGSIZE'],
  interrupted: 'ERESTARTSYS',
  support: { partial: 'as recvmsg' },
  run(k, number, addr, count, bits, timeout) {
    const limit = timeout === 0 ? undefined : timespecOf.read(k, timeout);
    if (typeof limit === 'string') return limit;
    const at = socketAt(k, number);
    if (typeof at === 'string') return at;
    const error = takeError(at.socket);
    if (error !== null) return error;
    return receiveUntil(k, at, { addr, count: Math.min(count, MAX_MESSAGES), bits }, limit);
  },
});

interface Many {
  readonly addr: number;
  readonly count: number;
  readonly bits: number;
}

/** The timeout is looked at after each message only (man 2 recvmmsg, BUGS). */
function receiveUntil(k: Kernel, at: At, { addr, count, bits }: Many, limit: Nanos | undefined): Outcome {
  if (limit === undefined) return goThrough(k, at, receiveOne, addr, count, bits);
  while (k.call.note < count) {
    const before = k.call.note;
    const done = goThrough(k, at, receiveOne, addr, before + 1, bits);
    if (typeof done !== 'number' || k.call.note === before) return done;
    if (k.now() >= k.deadline(limit)) break;
  }
  return k.call.note;
}

export const SOCKET_MANY_CALLS = [sendmmsg, recvmmsg];
