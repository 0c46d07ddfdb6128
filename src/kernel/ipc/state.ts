/** All System V objects of the machine, and the limits that /proc/sys/kernel shows. */
import type { PageObjectId } from '../../memory/index.ts';
import type { MessageQueue } from './msg.ts';
import type { SemSet, UndoList } from './sem.ts';
import type { Segment } from './shm.ts';
import { type IpcTable, newTable } from './table.ts';

export interface IpcState {
  readonly segments: IpcTable<Segment>;
  /** Which segment's pages an object of memory is. */
  readonly byPages: Map<PageObjectId, Segment>;
  readonly sets: IpcTable<SemSet>;
  readonly queues: IpcTable<MessageQueue>;
  /** SEM_UNDO, by the number that a task has. */
  readonly undos: Map<number, UndoList>;
  nextUndo: number;
  readonly limits: IpcLimits;
}

/** man 5 proc, /proc/sys/kernel. Infinity stands for Linux's ULONG_MAX - 2^24. */
export interface IpcLimits {
  shmmax: number;
  shmall: number;
  shmmni: number;
  shmRmidForced: number;
  semmsl: number;
  semmns: number;
  semopm: number;
  semmni: number;
  msgmax: number;
  msgmnb: number;
  msgmni: number;
}

export const newIpcState = (): IpcState => ({
  segments: newTable(),
  byPages: new Map(),
  sets: newTable(),
  queues: newTable(),
  undos: new Map(),
  nextUndo: 1,
  limits: {
    shmmax: Infinity,
    shmall: Infinity,
    shmmni: 4096,
    shmRmidForced: 0,
    semmsl: 32000,
    semmns: 1024000000,
    semopm: 500,
    semmni: 32000,
    msgmax: 8192,
    msgmnb: 16384,
    msgmni: 32000,
  },
});
