/** What a task that ends leaves behind of System V objects. */
import type { Kernel } from '../kernel.ts';
import type { Task } from '../types.ts';
import { forgetMessageWait } from './msg.ts';
import { forgetWait, leaveUndo } from './sem.ts';

/** How the views name the waits of the three calls that wait. */
export const SEM_WAIT = 'semop';
export const MSG_RECEIVE = 'msgrcv';
export const MSG_SEND = 'msgsnd';

/** The task waits no more, and what it counted for undoing is taken back by the last one. */
export function leaveIpc(k: Kernel, task: Task): void {
  const { wait } = task;
  if (wait !== null) {
    if (wait.on === SEM_WAIT) forgetWait(k, task, wait.detail);
    else if (wait.on === MSG_RECEIVE || wait.on === MSG_SEND) forgetMessageWait(k, task, wait.detail);
  }
  if (task.semUndo !== 0) leaveUndo(k, task);
}
