/** How often which call was made and failed: what `strace -c` counts. A tracer that may stand before another one. */
import type { Kernel, Syscall, Tracer } from '../kernel/index.ts';

/** One system call's counts. */
export interface CallCount {
  readonly name: string;
  calls: number;
  errors: number;
}

/** Counts every call that returns, and hands everything on to `next`. */
export function countingTracer(k: Kernel, counts: Map<string, CallCount>, next: Tracer | null): Tracer {
  const count = (row: Syscall | undefined, isError: boolean) => {
    const name = row?.name ?? `syscall_${k.call.nr}`;
    const found = counts.get(name) ?? { name, calls: 0, errors: 0 };
    found.calls++;
    if (isError) found.errors++;
    counts.set(name, found);
  };
  return {
    onEnter(task, row) {
      if (row.result === 'none') count(row, false);
      next?.onEnter(task, row);
    },
    onExit(task, row, result) {
      if (row?.result !== 'none') count(row, typeof result === 'string');
      next?.onExit(task, row, result);
    },
    textLimit: next?.textLimit ?? 0,
    onInterrupted(task, row, how) {
      count(row, true);
      next?.onInterrupted(task, row, how);
    },
    onAgain: (task, row, how) => next?.onAgain(task, row, how),
    onBlock: (task, row) => next?.onBlock(task, row),
    onSignal: (task, info) => next?.onSignal(task, info),
    onIgnored: (task, info) => next?.onIgnored(task, info),
    onStop: (task, signo) => next?.onStop(task, signo),
    onTaskExit: (task, status) => next?.onTaskExit(task, status),
  };
}
