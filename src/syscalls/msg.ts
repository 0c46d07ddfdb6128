/** System V message queues: msgget, msgsnd, msgrcv, msgctl. man 2 msgop. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import {
  capable,
  destroyQueue,
  findMessage,
  forgetMessageWait,
  getObject,
  hasRoom,
  highestIndex,
  IPC,
  type Kernel,
  type Message,
  type MessageQueue,
  MSG_GIVEN,
  MSG_REMOVED,
  MSG_TOO_LONG,
  mayControl,
  mayUse,
  newMessageQueue,
  objectsOf,
  queueOf,
  send,
  syscall,
  takeMessage,
  type Wanted,
  wakeReceivers,
  wakeSenders,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, int, long, oneOf, pointer } from './args.ts';
import { applyPerm, IPC_FLAGS, PERM_SIZE, readPerm, Struct } from './ipc-perm.ts';

const MSG = { MSG_NOERROR: 0o10000, MSG_EXCEPT: 0o20000, MSG_COPY: 0o40000 };

export const msgget = syscall({
  nr: 186,
  name: 'msgget',
  args: [int, flags(IPC_FLAGS)],
  errors: ['EACCES', 'EEXIST', 'EINVAL', 'ENOENT', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, key, how) =>
    getObject(
      k,
      k.ipc.queues,
      { key, flags: how },
      { fits: () => true, create: () => newMessageQueue(k, { key, flags: how }) },
    ),
});

/** Reads what is to be sent: the type, and the bytes behind it. */
function readMessage(k: Kernel, addr: number, length: number): Message | 'EFAULT' | 'EINVAL' {
  const type = k.user.readI64(addr);
  if (type === undefined) return 'EFAULT';
  if (type < 1) return 'EINVAL';
  const bytes = new Uint8Array(length);
  return k.user.copyIn(addr + 8, bytes) ? { type, bytes } : 'EFAULT';
}

function sendMessage(k: Kernel, id: number, addr: number, length: number, how: number): Outcome {
  if (k.user.readI64(addr) === undefined) return 'EFAULT';
  if (length > k.ipc.limits.msgmax || length < 0 || id < 0) return 'EINVAL';
  const message = readMessage(k, addr, length);
  if (typeof message === 'string') return message;
  const queue = queueOf(k, id);
  if (queue === undefined) return 'EINVAL';
  if (!mayUse(k, queue.perm, 0o222)) return 'EACCES';
  if (hasRoom(queue, length)) {
    send(k, queue, message);
    return 0;
  }
  if ((how & IPC.IPC_NOWAIT) !== 0) return 'EAGAIN';
  k.call.note = 0;
  queue.senders.set(k.task.tid, length);
  return k.waitOn('msgsnd', [], id);
}

const forget = (k: Kernel, id: number): null => {
  forgetMessageWait(k, k.task, id);
  return null;
};

export const msgsnd = syscall({
  nr: 189,
  name: 'msgsnd',
  args: [int, pointer, long, flags(IPC_FLAGS)],
  errors: ['EACCES', 'EAGAIN', 'EFAULT', 'EIDRM', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTNOHAND',
  support: 'full',
  run(k, id, addr, length, how) {
    return sendMessage(k, id, addr, length, how);
  },
  resume: (k, id, addr, length, how) =>
    k.call.note === MSG_REMOVED ? 'EIDRM' : sendMessage(k, id, addr, length, how),
  cut: forget,
});

/** Linux: convert_mode(). */
function wantedOf(type: number, how: number): Wanted {
  if (type === 0) return { mode: 'any', type };
  if (type < 0) return { mode: 'up to', type: -type };
  return { mode: (how & MSG.MSG_EXCEPT) !== 0 ? 'other' : 'equal', type };
}

/** Gives a message to the caller; the bytes that do not fit are lost. */
function give(k: Kernel, { type, bytes }: Message, addr: number, room: number): Outcome {
  const given = bytes.subarray(0, room);
  return k.user.writeU64(addr, type) && k.user.copyOut(addr + 8, given) ? given.length : 'EFAULT';
}

/** MSG_COPY: the message at an index, which stays where it is. */
function copy(k: Kernel, queue: MessageQueue, addr: number, room: number, at: number): Outcome {
  const message = queue.messages[at];
  if (at < 0 || message === undefined) return 'ENOMSG';
  return message.bytes.length > room ? 'E2BIG' : give(k, message, addr, room);
}

type Receive = readonly [id: number, addr: number, room: number, type: number, how: number];

function receive(k: Kernel, ...[id, addr, room, type, how]: Receive): Outcome {
  if (id < 0 || room < 0) return 'EINVAL';
  const copies = (how & MSG.MSG_COPY) !== 0;
  if (copies && ((how & MSG.MSG_EXCEPT) !== 0 || (how & IPC.IPC_NOWAIT) === 0)) return 'EINVAL';
  const queue = queueOf(k, id);
  if (queue === undefined) return 'EINVAL';
  if (!mayUse(k, queue.perm, 0o444)) return 'EACCES';
  const cuts = (how & MSG.MSG_NOERROR) !== 0;
  if (copies) return copy(k, queue, addr, room, type);
  const wanted = wantedOf(type, how);
  const at = findMessage(queue, wanted);
  if (at >= 0) {
    if (!cuts && queue.messages[at]!.bytes.length > room) return 'E2BIG';
    return give(k, takeMessage(k, queue, at), addr, room);
  }
  if ((how & IPC.IPC_NOWAIT) !== 0) return 'ENOMSG';
  k.call.note = 0;
  queue.receivers.set(k.task.tid, {
    ...wanted,
    tid: k.task.tid,
    room: cuts ? Infinity : room,
    message: null,
  });
  return k.waitOn('msgrcv', [], id);
}

/** A sender has left a message in the caller's name, or the queue has gone. */
function received(k: Kernel, ...[id, addr, room, type, how]: Receive): Outcome {
  const { note } = k.call;
  if (note === MSG_REMOVED) return 'EIDRM';
  if (note === MSG_TOO_LONG) return 'E2BIG';
  const queue = queueOf(k, id);
  const message = queue?.receivers.get(k.task.tid)?.message;
  queue?.receivers.delete(k.task.tid);
  if (note === MSG_GIVEN) return message == null ? 'EIDRM' : give(k, message, addr, room);
  return receive(k, id, addr, room, type, how);
}

export const msgrcv = syscall({
  nr: 188,
  name: 'msgrcv',
  args: [int, pointer, long, long, flags({ IPC_NOWAIT: IPC.IPC_NOWAIT, ...MSG })],
  errors: ['E2BIG', 'EACCES', 'EFAULT', 'EIDRM', 'EINTR', 'EINVAL', 'ENOMSG'],
  interrupted: 'ERESTARTNOHAND',
  support: 'full',
  run(k, id, addr, room, type, how) {
    return receive(k, id, addr, room, type, how);
  },
  resume: received,
  cut: forget,
});

const CMD = { MSG_STAT: 11, MSG_INFO: 12, MSG_STAT_ANY: 13 };

function stat(k: Kernel, id: number, addr: number, cmd: number): Outcome {
  const byIndex = cmd !== IPC.IPC_STAT;
  const queue = byIndex ? (k.ipc.queues.slots[id] ?? undefined) : queueOf(k, id);
  if (queue === undefined) return 'EINVAL';
  if (cmd !== CMD.MSG_STAT_ANY && !mayUse(k, queue.perm, 0o444)) return 'EACCES';
  const { perm, sent, received: taken, changed, bytes, messages, limit, lastSender, lastReceiver } = queue;
  const given = new Struct(120)
    .perm(perm)
    .u64(PERM_SIZE, sent, taken, changed, bytes, messages.length, limit)
    .u32(96, lastSender, lastReceiver)
    .give(k, addr);
  if (!given) return 'EFAULT';
  return byIndex ? perm.id : 0;
}

/** Linux: MSGPOOL, MSGMAP and MSGTQL, MSGSSZ, MSGSEG. */
const POOL = 512000;
const MAP = 16384;
const SEGMENT = 16;
const SEGMENTS = 0xffff;

function info(k: Kernel, addr: number, cmd: number): Outcome {
  const { msgmax, msgmnb, msgmni } = k.ipc.limits;
  const queues = objectsOf(k.ipc.queues);
  const sum = (of: (queue: MessageQueue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
  const uses = cmd === CMD.MSG_INFO;
  const pool = uses ? queues.length : POOL;
  const map = uses ? sum(({ messages }) => messages.length) : MAP;
  const total = uses ? sum(({ bytes }) => bytes) : MAP;
  const given = new Struct(32)
    .u32(0, pool, map, msgmax, msgmnb, msgmni, SEGMENT, total, SEGMENTS)
    .give(k, addr);
  return given ? highestIndex(k.ipc.queues) : 'EFAULT';
}

/** struct msqid64_ds: msg_qbytes. */
const QBYTES = 88;

function set(k: Kernel, id: number, addr: number): 0 | Errno {
  const wish = readPerm(k, addr, 120);
  if (wish === 'EFAULT') return wish;
  const queue = queueOf(k, id);
  if (queue === undefined) return 'EINVAL';
  if (!mayControl(k, queue.perm)) return 'EPERM';
  const limit = wish.view.getUint32(QBYTES, true) + wish.view.getUint32(QBYTES + 4, true) * 2 ** 32;
  if (limit > k.ipc.limits.msgmnb && !capable(k, CAP.CAP_SYS_RESOURCE)) return 'EPERM';
  const error = applyPerm(k, queue.perm, wish.perm);
  if (error !== 0) return error;
  queue.limit = limit;
  queue.changed = k.wall().sec;
  wakeReceivers(k, queue);
  wakeSenders(k, queue);
  return 0;
}

function remove(k: Kernel, id: number): 0 | Errno {
  const queue = queueOf(k, id);
  if (queue === undefined) return 'EINVAL';
  if (!mayControl(k, queue.perm)) return 'EPERM';
  destroyQueue(k, queue);
  return 0;
}

const CONTROL: Readonly<Record<number, (k: Kernel, id: number, addr: number, cmd: number) => Outcome>> = {
  [IPC.IPC_RMID]: remove,
  [IPC.IPC_SET]: set,
  [IPC.IPC_STAT]: stat,
  [CMD.MSG_STAT]: stat,
  [CMD.MSG_STAT_ANY]: stat,
  [IPC.IPC_INFO]: (k, _id, addr, cmd) => info(k, addr, cmd),
  [CMD.MSG_INFO]: (k, _id, addr, cmd) => info(k, addr, cmd),
};
const { IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO } = IPC;

export const msgctl = syscall({
  nr: 187,
  name: 'msgctl',
  args: [int, oneOf({ IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, ...CMD }), pointer],
  errors: ['EACCES', 'EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, id, cmd, addr) => (id < 0 ? 'EINVAL' : (CONTROL[cmd]?.(k, id, addr, cmd) ?? 'EINVAL')),
});

export const MSG_CALLS = [msgget, msgsnd, msgrcv, msgctl];
