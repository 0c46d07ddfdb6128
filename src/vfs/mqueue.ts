/**
 * POSIX message queues: files of a file system of their own, messages ordered by priority. The calls that wait are
 * in the layer of system calls; here are the queues, and what read and poll tell of them.
 *
 * man 7 mq_overview; Linux: ipc/mqueue.c
 */
import { bug } from '../base/index.ts';
import { type FileOps, NO_OPS } from './file-ops.ts';
import { inodeOf } from './inode.ts';
import { newMemorySuper } from './mount.ts';
import { notify } from './notify.ts';
import {
  type Inode,
  type InodeId,
  type OpenFile,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
} from './types.ts';
import type { Super, Vfs } from './vfs.ts';

export interface Posted {
  readonly priority: number;
  readonly bytes: Uint8Array;
}

/** Who is told once of the next message that comes into an empty queue, and how (struct sigevent). */
export interface MqNotice {
  readonly tgid: number;
  readonly notify: number;
  readonly signo: number;
  readonly valueLo: number;
  readonly valueHi: number;
  /** SIGEV_THREAD: the netlink socket that its cookie is sent to. */
  readonly socket: number;
  readonly cookie: Uint8Array | null;
}

export interface Mqueue {
  readonly id: number;
  readonly maxMessages: number;
  readonly messageSize: number;
  /** Highest priority first, oldest first among equals. */
  readonly messages: Posted[];
  bytes: number;
  notice: MqNotice | null;
  /** Where receivers, senders, and those who poll wait. */
  readonly receiveQueue: QueueId;
  readonly sendQueue: QueueId;
  readonly pollQueue: QueueId;
  /** For RLIMIT_MSGQUEUE: who made it, and how much it counts. */
  readonly owner: number;
  readonly cost: number;
}

/** /proc/sys/fs/mqueue. */
export interface MqLimits {
  msg_default: number;
  msg_max: number;
  msgsize_default: number;
  msgsize_max: number;
  queues_max: number;
}

export const newMqLimits = (): MqLimits => ({
  msg_default: 10,
  msg_max: 10,
  msgsize_default: 8192,
  msgsize_max: 8192,
  queues_max: 256,
});

/** Linux: sizeof(struct msg_msg), sizeof(struct posix_msg_tree_node), MQ_PRIO_MAX. */
const MESSAGE_COST = 48;
const NODE_COST = 48;
export const MQ_PRIO_MAX = 32768;

/** The one file system of this type, which a machine has from boot. */
export const mqueueSuper = (vfs: Vfs): Super =>
  [...vfs.supers.values()].find(({ type }) => type === 'mqueue') ?? newMemorySuper(vfs, 'mqueue', 0o1777);

/** What a queue counts for its owner's limit. */
export const mqueueCost = (maxMessages: number, messageSize: number): number =>
  maxMessages * (messageSize + MESSAGE_COST) + Math.min(maxMessages, MQ_PRIO_MAX) * NODE_COST;

/** What an owner's queues count together. */
export function mqueueUse(vfs: Vfs, owner: number): number {
  let sum = 0;
  for (const queue of vfs.mqueues.values()) if (queue.owner === owner) sum += queue.cost;
  return sum;
}

/** Makes the queue that a new inode stands for. */
export function addMqueue(vfs: Vfs, inode: Inode, maxMessages: number, messageSize: number): void {
  const { newQueue } = vfs.host;
  const queue: Mqueue = {
    id: vfs.nextId++,
    maxMessages,
    messageSize,
    messages: [],
    bytes: 0,
    notice: null,
    receiveQueue: newQueue(),
    sendQueue: newQueue(),
    pollQueue: newQueue(),
    owner: inode.uid,
    cost: mqueueCost(maxMessages, messageSize),
  };
  vfs.mqueues.set(queue.id, queue);
  inode.channel = queue.id;
  inode.size = TEXT_SIZE;
}
/** Linux: FILENT_SIZE. */
const TEXT_SIZE = 80;

/** A queue that open(2) makes has the default size. */
export function addDefaultMqueue(vfs: Vfs, inode: Inode): void {
  if (vfs.supers.get(inode.super)?.type !== 'mqueue' || inode.kind !== 'file') return;
  const { msg_default, msg_max, msgsize_default, msgsize_max } = vfs.mqLimits;
  addMqueue(vfs, inode, Math.min(msg_default, msg_max), Math.min(msgsize_default, msgsize_max));
}

/** The queue of an open file of this kind. */
export const mqueueOf = (vfs: Vfs, { inode }: Pick<OpenFile, 'inode'>): Mqueue =>
  vfs.mqueues.get(inodeOf(vfs, inode as InodeId).channel) ?? bug(`inode ${inode} has no message queue`);

/** close(2) by a process that wanted to be told: it does not want to any more. Linux: mqueue_flush_file(). */
export function dropNotice(vfs: Vfs, file: OpenFile, tgid: number): MqNotice | null {
  const queue = mqueueOf(vfs, file);
  const { notice } = queue;
  if (notice?.tgid !== tgid) return null;
  queue.notice = null;
  return notice;
}

/** Its messages or its room have changed: those who poll look again. */
export const mqueueChanged = (vfs: Vfs, queue: Mqueue): void => notify(vfs, queue.pollQueue);

function text(vfs: Vfs, file: OpenFile): string {
  const { bytes, notice } = mqueueOf(vfs, file);
  const isSignal = notice !== null && notice.notify === 0;
  const field = (name: string, value: number, width: number) => `${name}:${String(value).padEnd(width)}`;
  return [
    field('QSIZE', bytes, 10),
    field('NOTIFY', notice?.notify ?? 0, 5),
    field('SIGNO', isSignal ? notice.signo : 0, 5),
    `${field('NOTIFY_PID', notice?.tgid ?? 0, 6)}\n`,
  ].join(' ');
}

export const MQUEUE_OPS: FileOps = {
  ...NO_OPS,
  read(vfs, file, to, at) {
    const bytes = Uint8Array.from(text(vfs, file), (char) => char.charCodeAt(0));
    const from = at < 0 ? file.pos : at;
    const count = to.put(bytes, Math.min(from, bytes.length), Math.min(bytes.length, from + to.left));
    if (at < 0) file.pos += count;
    return count;
  },
  seek(_vfs, file, offset, whence) {
    const to = [offset, file.pos + offset, TEXT_SIZE + offset][whence];
    if (to === undefined || to < 0) return 'EINVAL';
    file.pos = to;
    return to;
  },
  poll(vfs, file) {
    const { messages, maxMessages } = mqueueOf(vfs, file);
    return (
      (messages.length > 0 ? POLLIN | POLLRDNORM : 0) |
      (messages.length < maxMessages ? POLLOUT | POLLWRNORM : 0)
    );
  },
  queues: (vfs, file) => [mqueueOf(vfs, file).pollQueue],
};
