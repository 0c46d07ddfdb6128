/**
 * What the three kinds of System V objects share: identifiers, keys, owners and permissions.
 *
 * man 7 sysvipc; Linux: ipc/util.c
 */
import { CAP, type Errno } from '../../abi/index.ts';
import { hasCap, isInGroup } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';

/** Linux: struct kern_ipc_perm. */
export interface IpcPerm {
  /** IPC_PRIVATE (0) is no key. */
  key: number;
  readonly id: number;
  uid: number;
  gid: number;
  readonly cuid: number;
  readonly cgid: number;
  /** Permission bits, and the state of a shared memory segment above them. */
  mode: number;
}

/** Objects of one kind by the index that lies in their identifiers. */
export interface IpcTable<T> {
  readonly slots: (T | null)[];
  readonly keys: Map<number, T>;
  used: number;
  /** No slot below this one is free. */
  next: number;
  /** What distinguishes identifiers of the same slot, and the slot that was taken last. */
  sequence: number;
  last: number;
}

/** Linux: IPCMNI_SHIFT. */
const INDEXES = 32768;
const SEQUENCES = 65536;

export const IPC = {
  IPC_RMID: 0,
  IPC_SET: 1,
  IPC_STAT: 2,
  IPC_INFO: 3,
  IPC_CREAT: 0o1000,
  IPC_EXCL: 0o2000,
  IPC_NOWAIT: 0o4000,
} as const;

export const newTable = <T>(): IpcTable<T> => ({
  slots: [],
  keys: new Map(),
  used: 0,
  next: 0,
  sequence: 0,
  last: -1,
});

/** The object of an identifier, or undefined. */
export function objectOf<T extends { readonly perm: IpcPerm }>(
  table: IpcTable<T>,
  id: number,
): T | undefined {
  const object = id < 0 ? undefined : table.slots[id % INDEXES];
  return object?.perm.id === id ? object : undefined;
}

/** Gives a new object the lowest free index and an identifier. Linux: ipc_addid(). */
export function addObject<T>(
  k: Kernel,
  table: IpcTable<T>,
  key: number,
  mode: number,
  make: (perm: IpcPerm) => T,
): T {
  let index = table.next;
  while (table.slots[index] != null) index++;
  table.next = index + 1;
  if (index <= table.last) table.sequence = (table.sequence + 1) % SEQUENCES;
  table.last = index;
  const { euid, egid } = k.task.credentials;
  const id = table.sequence * INDEXES + index;
  const object = make({ key, id, uid: euid, gid: egid, cuid: euid, cgid: egid, mode: mode & 0o777 });
  table.slots[index] = object;
  if (key !== 0) table.keys.set(key, object);
  table.used++;
  return object;
}

/** The object is found by its key no more. */
export function forgetKey<T>(table: IpcTable<T>, perm: IpcPerm): void {
  if (perm.key !== 0) table.keys.delete(perm.key);
  perm.key = 0;
}

export function removeObject<T>(table: IpcTable<T>, perm: IpcPerm): void {
  forgetKey(table, perm);
  const index = perm.id % INDEXES;
  table.slots[index] = null;
  table.next = Math.min(table.next, index);
  table.used--;
  while (table.slots.length > 0 && table.slots.at(-1) === null) table.slots.pop();
}

/** The highest index in use, 0 for none: what the INFO commands answer. */
export const highestIndex = <T>(table: IpcTable<T>): number => Math.max(0, table.slots.length - 1);

/** The objects in the order of their indexes. */
export const objectsOf = <T>(table: IpcTable<T>): T[] => table.slots.filter((slot) => slot !== null);

/** May the caller use the object so? `wants` has bits as in a mode, in any of its three places. Linux: ipcperms(). */
export function mayUse({ task }: Kernel, perm: IpcPerm, wants: number): boolean {
  const who = task.credentials;
  const wanted = ((wants >> 6) | (wants >> 3) | wants) & 7;
  const owns = who.euid === perm.cuid || who.euid === perm.uid;
  const inGroup = isInGroup(who, perm.cgid) || isInGroup(who, perm.gid);
  const granted = perm.mode >> (owns ? 6 : inGroup ? 3 : 0);
  return (wanted & ~granted) === 0 || hasCap(who, CAP.CAP_IPC_OWNER);
}

/** May the caller change or remove the object? Linux: ipcctl_obtain_check(). */
export const mayControl = ({ task: { credentials } }: Kernel, perm: IpcPerm): boolean =>
  [perm.cuid, perm.uid].includes(credentials.euid) || hasCap(credentials, CAP.CAP_SYS_ADMIN);

/** What the get calls have in common. Linux: ipcget(). */
export function getObject<T extends { readonly perm: IpcPerm }>(
  k: Kernel,
  table: IpcTable<T>,
  { key, flags }: { readonly key: number; readonly flags: number },
  how: { fits(object: T): boolean; create(): T | Errno },
): number | Errno {
  const found = key === 0 ? undefined : table.keys.get(key);
  if (found === undefined) {
    if (key !== 0 && (flags & IPC.IPC_CREAT) === 0) return 'ENOENT';
    const made = how.create();
    return typeof made === 'string' ? made : made.perm.id;
  }
  if ((flags & IPC.IPC_CREAT) !== 0 && (flags & IPC.IPC_EXCL) !== 0) return 'EEXIST';
  if (!how.fits(found)) return 'EINVAL';
  return mayUse(k, found.perm, flags & 0o777) ? found.perm.id : 'EACCES';
}

/** IPC_SET's owner and mode. */
export function setPerm(perm: IpcPerm, { uid, gid, mode }: Pick<IpcPerm, 'uid' | 'gid' | 'mode'>): void {
  perm.uid = uid;
  perm.gid = gid;
  perm.mode = (perm.mode & ~0o777) | (mode & 0o777);
}
