/** Leases: a process hears of another's open before it succeeds (man 2 fcntl, F_SETLEASE). Linux: fs/locks.c. */
import { CAP, type Errno, O } from '../abi/index.ts';
import type { Nanos } from '../base/index.ts';
import { POLL_MSG } from './async.ts';
import { hasCap } from './capability.ts';
import type { FileId, Inode, InodeId, OpenFile, QueueId, Wait } from './types.ts';
import type { Vfs } from './vfs.ts';

const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;

/** What one open file has been granted. */
interface Lease {
  readonly file: FileId;
  type: number;
  /** What it must become, by when; null while nobody is in its way. */
  breaking: { readonly to: number; readonly until: Nanos } | null;
}

/** The leases on one inode, and those who wait for them to go. */
export interface LeaseList {
  leases: Lease[];
  readonly queue: QueueId;
}

/** /proc/sys/fs/lease-break-time. */
const BREAK_TIME = 45e9 as Nanos;

const opensOf = (vfs: Vfs, inode: InodeId): number =>
  [...vfs.files.values()].filter((file) => file.inode === inode && file.kind !== 'path').length;

/** fcntl(F_SETLEASE). The caller has made sure that the file has an owner to be told. */
export function setLease(vfs: Vfs, file: OpenFile, inode: Inode | null, type: number): 0 | Errno {
  if (inode?.kind !== 'file' || inode.generator !== null) return 'EINVAL';
  const creds = vfs.host.credentials();
  if (!hasCap(creds, CAP.CAP_LEASE) && creds.fsuid !== inode.uid) return 'EACCES';
  if (type < F_RDLCK || type > F_UNLCK) return 'EINVAL';
  const list = vfs.leases.get(inode.id);
  const own = list?.leases.find((lease) => lease.file === file.id);
  if (type === F_UNLCK) return own === undefined ? 'EAGAIN' : dropLease(vfs, inode.id, own);
  const isInUse = type === F_RDLCK ? inode.writers > 0 : opensOf(vfs, inode.id) > 1;
  const others = list?.leases.some((lease) => lease !== own && (type === F_WRLCK || lease.breaking !== null));
  if (isInUse || others || own?.breaking != null) return 'EAGAIN';
  if (own !== undefined) own.type = type;
  else addLease(vfs, inode.id, { file: file.id, type, breaking: null });
  return 0;
}

function addLease(vfs: Vfs, inode: InodeId, lease: Lease): void {
  const list = vfs.leases.get(inode);
  if (list !== undefined) list.leases.push(lease);
  else vfs.leases.set(inode, { leases: [lease], queue: vfs.host.newQueue() });
}

function dropLease(vfs: Vfs, inode: InodeId, lease: Lease): 0 {
  const list = vfs.leases.get(inode)!;
  list.leases.splice(list.leases.indexOf(lease), 1);
  if (list.leases.length === 0) vfs.leases.delete(inode);
  vfs.host.wake(list.queue);
  return 0;
}

/** fcntl(F_GETLEASE): what it is, or is about to be. */
export function leaseOf(vfs: Vfs, file: OpenFile): number {
  const own =
    file.inode === 0 ? undefined : vfs.leases.get(file.inode)?.leases.find((lease) => lease.file === file.id);
  return own === undefined ? F_UNLCK : (own.breaking?.to ?? own.type);
}

/**
 * Somebody opens the file, or changes its size: holders in the way are told, and have a while to let go. Gives the
 * wait, or EAGAIN with O_NONBLOCK.
 */
export function breakLeases(
  vfs: Vfs,
  inode: InodeId,
  writes: boolean,
  flags: number,
): Wait | 'EAGAIN' | null {
  const list = vfs.leases.get(inode);
  if (list === undefined) return null;
  const now = vfs.host.now();
  let until = 0;
  for (const lease of [...list.leases]) {
    if (!writes && lease.type === F_RDLCK) continue;
    tellHolder(vfs, lease, writes ? F_UNLCK : F_RDLCK, now);
    const { to, until: end } = lease.breaking!;
    if (end > now) until = Math.max(until, end);
    else if (to === F_UNLCK) dropLease(vfs, inode, lease);
    else Object.assign(lease, { type: to, breaking: null });
  }
  if (until === 0) return null;
  if (flags & O.O_NONBLOCK) return 'EAGAIN';
  return { on: 'lease', queues: [list.queue], until: until as Nanos, detail: inode };
}

function tellHolder(vfs: Vfs, lease: Lease, to: number, now: Nanos): void {
  if (lease.breaking !== null && lease.breaking.to >= to) return;
  lease.breaking = { to, until: lease.breaking?.until ?? ((now + BREAK_TIME) as Nanos) };
  const owner = vfs.files.get(lease.file)?.async;
  if (owner != null) vfs.host.signalOwner(owner, POLL_MSG);
}

/** The file was closed. */
export function forgetLease(vfs: Vfs, file: OpenFile): void {
  if (vfs.leases.size === 0 || file.inode === 0) return;
  const own = vfs.leases.get(file.inode)?.leases.find((lease) => lease.file === file.id);
  if (own !== undefined) dropLease(vfs, file.inode, own);
}
