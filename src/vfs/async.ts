/**
 * Signal-driven input and output: who hears by a signal that a file is ready, or that what it names has changed
 * (man 2 fcntl, O_ASYNC, F_SETOWN, F_SETSIG, F_NOTIFY). Linux: fs/fcntl.c send_sigio.
 */
import { O } from '../abi/index.ts';
import { type FileId, type OpenFile, POLLIN, POLLOUT, POLLWRNORM, type QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Who gets the signals of an open file, and which (Linux: struct fown_struct). */
export interface AsyncOwner {
  /** A thread, a process or a process group; `id` 0 for nobody. */
  type: 'tid' | 'pid' | 'pgrp';
  id: number;
  /** 0: SIGIO, without news of why. */
  signal: number;
  /** Who asked for it: signals go only where that user may send them. */
  readonly uid: number;
  readonly euid: number;
  /** The descriptor that the signal tells. */
  fd: number;
}

/** Why a signal comes: si_code, and the poll bits that si_band tells with it. */
export const POLL_IN = { code: 1, band: 0x41 } as const;
const POLL_OUT = { code: 2, band: 0x304 } as const;
export const POLL_MSG = { code: 3, band: 0x441 } as const;

/** The kinds of files that can tell (Linux: those with a fasync operation). */
const TELLING: ReadonlySet<OpenFile['kind']> = new Set<OpenFile['kind']>([
  'pipe',
  'socket',
  'tty',
  'ptmx',
  'inotify',
]);

export const canTell = ({ kind }: OpenFile): boolean => TELLING.has(kind);

/** Begins or ends telling the owner; false when this kind of file cannot. */
export function setAsync(vfs: Vfs, file: OpenFile, on: boolean): boolean {
  if (!canTell(file)) return false;
  const isOn = (file.flags & O.O_ASYNC) !== 0;
  if (on === isOn) return true;
  file.flags ^= O.O_ASYNC;
  if (!on) forgetAsync(vfs, file);
  else
    for (const queue of vfs.ops[file.kind].queues(vfs, file)) {
      const listening = vfs.listeners.get(queue);
      if (listening === undefined) vfs.listeners.set(queue, [file.id]);
      else listening.push(file.id);
    }
  return true;
}

/** The file goes, or nobody wants to hear of it any more. */
export function forgetAsync(vfs: Vfs, { id }: OpenFile): void {
  for (const [queue, files] of vfs.listeners) {
    const at = files.indexOf(id);
    if (at >= 0) files.splice(at, 1);
    if (files.length === 0) vfs.listeners.delete(queue);
  }
}

/** Something changed at a queue: owners of the files that listen there get their signal. */
export function tellListeners(vfs: Vfs, queue: QueueId, bits: number): void {
  for (const id of [...(vfs.listeners.get(queue) ?? [])]) tellOwner(vfs, id, bits);
}

function tellOwner(vfs: Vfs, id: FileId, bits: number): void {
  const file = vfs.files.get(id);
  if (file?.async == null) return;
  const isOutput = bits === -1 ? isForWriting(vfs, file) : (bits & ~(POLLOUT | POLLWRNORM)) === 0;
  vfs.host.signalOwner(file.async, isOutput ? POLL_OUT : POLL_IN);
}

/** Where the wake-up does not say, the end of a pipe does, or what can be done now. */
const isForWriting = (vfs: Vfs, file: OpenFile): boolean =>
  file.kind === 'pipe'
    ? (file.flags & O.O_ACCMODE) === O.O_WRONLY
    : (vfs.ops[file.kind].poll(vfs, file) & POLLIN) === 0;
