/**
 * System V message queues. A message goes straight to the first task that waits for one like it.
 *
 * man 2 msgop, msgctl; Linux: ipc/msg.c
 */
import type { Errno } from '../../abi/index.ts';
import { wakeTask } from '../block.ts';
import type { Kernel } from '../kernel.ts';
import type { Task, Tid } from '../types.ts';
import { addObject, type IpcPerm, objectOf, removeObject } from './table.ts';

export interface Message {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Which messages somebody wants: any, of a type, of another type, or of the lowest type up to one. */
export interface Wanted {
  readonly mode: 'any' | 'equal' | 'other' | 'up to';
  readonly type: number;
}

interface Receiver extends Wanted {
  readonly tid: Tid;
  /** The longest message it takes. */
  readonly room: number;
  /** What it was given. */
  message: Message | null;
}

export interface MessageQueue {
  readonly perm: IpcPerm;
  messages: Message[];
  /** Bytes in it, and the most it holds. */
  bytes: number;
  limit: number;
  /** Those that wait, in order of arrival: for a message, and with how many bytes for room. */
  readonly receivers: Map<Tid, Receiver>;
  readonly senders: Map<Tid, number>;
  sent: number;
  received: number;
  changed: number;
  lastSender: number;
  lastReceiver: number;
}

/** In the note of a call that waited: how its wait ended. */
export const MSG_LOOK = 1;
export const MSG_GIVEN = 2;
export const MSG_TOO_LONG = 3;
export const MSG_REMOVED = 4;

export const queueOf = (k: Kernel, id: number): MessageQueue | undefined => objectOf(k.ipc.queues, id);

export function newMessageQueue(
  k: Kernel,
  { key, flags }: { readonly key: number; readonly flags: number },
): MessageQueue | Errno {
  const { queues, limits } = k.ipc;
  if (queues.used >= limits.msgmni) return 'ENOSPC';
  return addObject(k, queues, key, flags, (perm) => ({
    perm,
    messages: [],
    bytes: 0,
    limit: limits.msgmnb,
    receivers: new Map(),
    senders: new Map(),
    sent: 0,
    received: 0,
    changed: k.wall().sec,
    lastSender: 0,
    lastReceiver: 0,
  }));
}

const matches = ({ mode, type }: Wanted, message: Message): boolean =>
  mode === 'any' ||
  (mode === 'equal' && message.type === type) ||
  (mode === 'other' && message.type !== type) ||
  (mode === 'up to' && message.type <= type);

/** Where the wanted message lies, -1 for none. Linux: find_msg(). */
export function findMessage({ messages }: MessageQueue, wanted: Wanted): number {
  let found = -1;
  for (let i = 0; i < messages.length; i++) {
    if (!matches(wanted, messages[i]!)) continue;
    if (wanted.mode !== 'up to') return i;
    if (found < 0 || messages[i]!.type < messages[found]!.type) found = i;
  }
  return found;
}

function end(k: Kernel, tid: Tid, how: number): void {
  const task = k.tasks.get(tid);
  if (task?.call == null) return;
  task.call.note = how;
  wakeTask(k, task, 'event');
}

export const hasRoom = ({ bytes, limit, messages }: MessageQueue, length: number): boolean =>
  bytes + length <= limit && messages.length + 1 <= limit;

/** Puts a message in, or into the hands of who waits for it. Linux: pipelined_send(). */
export function send(k: Kernel, queue: MessageQueue, message: Message): void {
  queue.lastSender = k.group.tgid;
  queue.sent = k.wall().sec;
  for (const receiver of queue.receivers.values()) {
    if (receiver.message !== null || !matches(receiver, message)) continue;
    if (receiver.room < message.bytes.length) {
      queue.receivers.delete(receiver.tid);
      end(k, receiver.tid, MSG_TOO_LONG);
      continue;
    }
    receiver.message = message;
    queue.lastReceiver = k.tasks.get(receiver.tid)?.group ?? 0;
    queue.received = k.wall().sec;
    end(k, receiver.tid, MSG_GIVEN);
    return;
  }
  queue.messages.push(message);
  queue.bytes += message.bytes.length;
}

/** Takes a message out, and tells the senders that fit now. */
export function takeMessage(k: Kernel, queue: MessageQueue, at: number): Message {
  const [message] = queue.messages.splice(at, 1);
  queue.bytes -= message!.bytes.length;
  queue.lastReceiver = k.group.tgid;
  queue.received = k.wall().sec;
  wakeSenders(k, queue);
  return message!;
}

/** Senders look again in order, as far as there is room for them. Linux: ss_wakeup(). */
export function wakeSenders(k: Kernel, queue: MessageQueue): void {
  let { bytes } = queue;
  let count = queue.messages.length;
  for (const [tid, length] of queue.senders) {
    if (bytes + length > queue.limit || count + 1 > queue.limit) break;
    bytes += length;
    count++;
    queue.senders.delete(tid);
    end(k, tid, MSG_LOOK);
  }
}

/** IPC_SET may have made receivers' rights or senders' room other ones: everybody looks again. */
export function wakeReceivers(k: Kernel, queue: MessageQueue, how = MSG_LOOK): void {
  for (const { tid, message } of [...queue.receivers.values()]) {
    if (message !== null) continue;
    queue.receivers.delete(tid);
    end(k, tid, how);
  }
}

/** IPC_RMID: those that wait hear of it. */
export function destroyQueue(k: Kernel, queue: MessageQueue): void {
  removeObject(k.ipc.queues, queue.perm);
  wakeReceivers(k, queue, MSG_REMOVED);
  for (const tid of queue.senders.keys()) end(k, tid, MSG_REMOVED);
}

/** A wait that ended otherwise: by a signal or the task's end. */
export function forgetMessageWait(k: Kernel, task: Task, id: number): void {
  const queue = queueOf(k, id);
  queue?.receivers.delete(task.tid);
  queue?.senders.delete(task.tid);
}
