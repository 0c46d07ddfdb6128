/** The signal state of a task, by name. */
import { signalName } from '../../abi/index.ts';
import type { Kernel, SigSet, Task } from '../../kernel/index.ts';

/** Names of signals that have come and wait, are kept back, ignored, or have a handler. */
export interface SignalsView {
  readonly pending: readonly string[];
  readonly blocked: readonly string[];
  readonly ignored: readonly string[];
  readonly caught: readonly string[];
}

const SIGNALS = 64;

function namesOf({ lo, hi }: SigSet): string[] {
  const isIn = (signo: number) => ((signo <= 32 ? lo : hi) >>> ((signo - 1) % 32)) & 1;
  return Array.from({ length: SIGNALS }, (_, i) => i + 1)
    .filter(isIn)
    .map(signalName);
}

/** Those of a task and of its process. */
export function signalsOf(k: Kernel, task: Task): SignalsView {
  const group = k.groups.get(task.group)!;
  const handled = (wanted: (handler: number) => boolean) =>
    group.handlers.actions.flatMap((action, signo) =>
      action && wanted(action.handler) ? [signalName(signo)] : [],
    );
  return {
    pending: [...task.pending, ...group.pending].map(({ signo }) => signalName(signo)),
    blocked: namesOf(task.blocked),
    ignored: handled((handler) => handler === 1),
    caught: handled((handler) => handler > 1),
  };
}
