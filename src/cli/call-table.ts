/** `--trace-summary`: how often which system call was made, on standard error at the end. */
import type { CallCount } from '../host-node/index.ts';
import type { Observer } from './session.ts';

const COLUMN = 9;
const NAME_COLUMN = 24;

/** Counts a session's calls and prints the table. */
export function countCalls(stream: NodeJS.WriteStream): Observer {
  let counts: ReadonlyMap<string, CallCount> = new Map();
  return {
    onBoot(machine) {
      counts = machine.countCalls();
    },
    onEnd: () => void stream.write(table([...counts.values()])),
  };
}

/** The layout of strace -c; calls take no virtual time of their own, so there are no columns of time. */
export function table(counts: readonly CallCount[]): string {
  const sorted = [...counts].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  const sum = (key: 'calls' | 'errors') => counts.reduce((total, count) => total + count[key], 0);
  const line = (calls: string, errors: string, name: string) =>
    `${calls.padStart(COLUMN)} ${errors.padStart(COLUMN)} ${name}\n`;
  const rule = line('-'.repeat(COLUMN), '-'.repeat(COLUMN), '-'.repeat(NAME_COLUMN));
  const rows = sorted.map(({ calls, errors, name }) =>
    line(String(calls), errors === 0 ? '' : String(errors), name),
  );
  const total = line(String(sum('calls')), String(sum('errors')), 'total');
  return line('calls', 'errors', 'syscall') + rule + rows.join('') + rule + total;
}
