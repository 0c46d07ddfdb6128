/** `--trace-summary`: how often and how long which system call was made, on standard error at the end. */
import { SYSCALL_NAMES } from '../abi/index.ts';
import type { CallCount } from '../host-node/index.ts';
import type { Observer } from './session.ts';

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

const NUMBERS = new Map(Object.entries(SYSCALL_NAMES).map(([nr, name]) => [name, Number(nr)]));
const numberOf = ({ name }: CallCount): number => NUMBERS.get(name) ?? Number.POSITIVE_INFINITY;

const NANOS_PER_SECOND = 1e9;
const NANOS_PER_MICRO = 1000;
const NAME_WIDTH = 16;

/** The table of strace -c, with the times of -w: what took longest stands first, what took nothing by number. */
export function table(counts: readonly CallCount[]): string {
  if (counts.length === 0) return '';
  const sorted = [...counts].sort((a, b) => b.time - a.time || numberOf(a) - numberOf(b));
  const sum = (key: 'calls' | 'errors' | 'time') => counts.reduce((total, count) => total + count[key], 0);
  const total = { name: 'total', calls: sum('calls'), errors: sum('errors'), time: sum('time') };
  const width = Math.max(NAME_WIDTH, ...counts.map(({ name }) => name.length + 1));
  const rule = `------ ----------- ----------- --------- --------- ${'-'.repeat(width)}\n`;
  const rows = sorted.map((count) => row(count, total.time === 0 ? 0 : (100 * count.time) / total.time));
  const heading = '% time     seconds  usecs/call     calls    errors syscall\n';
  return `${heading}${rule}${rows.join('')}${rule}${row(total, 100)}`;
}

function row({ name, calls, errors, time }: CallCount, percent: number): string {
  const cells = [
    percent.toFixed(2).padStart(6),
    (time / NANOS_PER_SECOND).toFixed(6).padStart(11),
    String(Math.floor(time / NANOS_PER_MICRO / calls)).padStart(11),
    String(calls).padStart(9),
    (errors === 0 ? '' : String(errors)).padStart(9),
    name,
  ];
  return `${cells.join(' ')}\n`;
}
