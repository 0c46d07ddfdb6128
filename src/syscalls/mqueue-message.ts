/** mq_timedsend and mq_timedreceive: the message of highest priority first, oldest first among equals. */
import { O } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import { type Kernel, syscall, tellNotice, waitersAt } from '../kernel/index.ts';
import {
  MQ_PRIO_MAX,
  type Mqueue,
  mqueueChanged,
  mqueueOf,
  type OpenFile,
  type Outcome,
  type Posted,
  type QueueId,
  reads,
  writes,
} from '../vfs/index.ts';
import { fd, inTimespec, pointer, size, uint } from './args.ts';
import { queueFile } from './mqueue.ts';
import { readWall } from './time-struct.ts';

/** An absolute time of the wall clock; none is for ever. */
function setDeadline(k: Kernel, addr: number): 'EFAULT' | 'EINVAL' | null {
  if (addr === 0) {
    k.deadline(undefined);
    return null;
  }
  const time = readWall(k, addr);
  if (typeof time === 'string') return time;
  k.deadline(Math.max(0, time - k.now()) as Nanos);
  return null;
}

/** Behind all of its priority. */
function insert({ messages }: Mqueue, message: Posted): void {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (messages[middle]!.priority >= message.priority) low = middle + 1;
    else high = middle;
  }
  messages.splice(low, 0, message);
}

/** A message that comes into an empty queue for which nobody waits is told of, once. */
function post(k: Kernel, queue: Mqueue, message: Posted): void {
  const isFirst = queue.messages.length === 0;
  const isAwaited = waitersAt(k, queue.receiveQueue).length > 0;
  insert(queue, message);
  queue.bytes += message.bytes.length;
  if (isAwaited) k.wake(queue.receiveQueue, 1);
  else if (isFirst && queue.notice !== null) {
    const { notice } = queue;
    queue.notice = null;
    tellNotice(k, notice);
  }
  mqueueChanged(k.vfs, queue);
}

function wait(k: Kernel, file: OpenFile, on: string, queue: QueueId): Outcome {
  if ((file.flags & O.O_NONBLOCK) !== 0) return 'EAGAIN';
  return k.expired() ? 'ETIMEDOUT' : k.waitOn(on, [queue], file.inode);
}

const errors = ['EAGAIN', 'EBADF', 'EFAULT', 'EINTR', 'EINVAL', 'EMSGSIZE', 'ETIMEDOUT'] as const;

export const mqTimedsend = syscall({
  nr: 182,
  name: 'mq_timedsend',
  args: [fd, pointer, size, uint, inTimespec],
  errors,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, priority, timeout) {
    const bad = setDeadline(k, timeout);
    if (bad !== null) return bad;
    if (priority >= MQ_PRIO_MAX) return 'EINVAL';
    const file = queueFile(k, number);
    if (file === 'EBADF' || !writes(file.flags)) return 'EBADF';
    const queue = mqueueOf(k.vfs, file);
    if (length > queue.messageSize) return 'EMSGSIZE';
    const bytes = new Uint8Array(length);
    if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
    if (queue.messages.length >= queue.maxMessages) return wait(k, file, 'mq-send', queue.sendQueue);
    post(k, queue, { priority, bytes });
    return 0;
  },
});

export const mqTimedreceive = syscall({
  nr: 183,
  name: 'mq_timedreceive',
  args: [fd, pointer, size, pointer, inTimespec],
  errors,
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, number, addr, length, priorityAt, timeout) {
    const bad = setDeadline(k, timeout);
    if (bad !== null) return bad;
    const file = queueFile(k, number);
    if (file === 'EBADF' || !reads(file.flags)) return 'EBADF';
    const queue = mqueueOf(k.vfs, file);
    if (length < queue.messageSize) return 'EMSGSIZE';
    const message = queue.messages.shift();
    if (message === undefined) return wait(k, file, 'mq-receive', queue.receiveQueue);
    queue.bytes -= message.bytes.length;
    k.wake(queue.sendQueue, 1);
    mqueueChanged(k.vfs, queue);
    const told = priorityAt === 0 || k.user.writeU32(priorityAt, message.priority);
    return told && k.user.copyOut(addr, message.bytes) ? message.bytes.length : 'EFAULT';
  },
});

export const MQUEUE_MESSAGE_CALLS = [mqTimedsend, mqTimedreceive];
