/** How often which call was made, how long it took and how often it failed: what `strace -c` counts. A tracer that may stand before another one. */
import type { Kernel, Syscall, Tracer } from '../kernel/index.ts';

/** One system call's counts. */
export interface CallCount {
  readonly name: string;
  calls: number;
  errors: number;
  /** From the call to its end in virtual time, waits included, in nanoseconds. */
  time: number;
}

/** Counts every call that returns, and hands everything on to `next`. */
export function countingTracer(k: Kernel, counts: Map<string, CallCount>, next: Tracer | null): Tracer {
  /** When the calls began that are under way, by task. */
  const begun = new Map<number, number>();
  const count = (tid: number, row: Syscall | undefined, isError: boolean) => {
    const name = row?.name ?? `syscall_${k.call.nr}`;
    const found = counts.get(name) ?? { name, calls: 0, errors: 0, time: 0 };
    found.calls++;
    if (isError) found.errors++;
    found.time += k.now() - (begun.get(tid) ?? k.now());
    begun.delete(tid);
    counts.set(name, found);
  };
  return {
    onEnter(task, row) {
      begun.set(task.tid, k.now());
      next?.onEnter(task, row);
    },
    onExit(task, row, result) {
      if (row?.result !== 'none') count(task.tid, row, typeof result === 'string');
      next?.onExit(task, row, result);
    },
    textLimit: next?.textLimit ?? 0,
    onInterrupted(task, row, how) {
      count(task.tid, row, true);
      next?.onInterrupted(task, row, how);
    },
    onAgain(task, row, how) {
      if (!begun.has(task.tid)) begun.set(task.tid, k.now());
      next?.onAgain(task, row, how);
    },
    onBlock: (task, row) => next?.onBlock(task, row),
    onSignal: (task, info) => next?.onSignal(task, info),
    onIgnored: (task, info) => next?.onIgnored(task, info),
    onStop: (task, signo) => next?.onStop(task, signo),
    onTaskExit(task, status) {
      begun.delete(task.tid);
      next?.onTaskExit(task, status);
    },
  };
}
