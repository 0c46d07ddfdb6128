/** `--trace[=FILTER]`: which system calls to print. */
import { SYSCALL_NAMES } from '../abi/index.ts';
import { type Problem, problem } from '../base/index.ts';

/** The value `--trace` has when nothing follows. */
const ALL = 'all';

const NAMES = Object.values(SYSCALL_NAMES).filter((name) => name !== undefined);

/** The calls of `read,write` or `!futex`; null for all. */
export function readTraceFilter(text: string): ReadonlySet<string> | null | Problem {
  if (text === ALL || text === '') return null;
  const isNegated = text.startsWith('!');
  const names = text.slice(isNegated ? 1 : 0).split(',');
  for (const name of names) {
    if (NAMES.includes(name)) continue;
    const near = nearest(name);
    return problem(
      'bad-filter',
      `--trace=${text}: there is no system call ${name}`,
      near === undefined ? 'Write names with commas, such as --trace=openat,read.' : `Did you mean ${near}?`,
    );
  }
  return new Set(isNegated ? NAMES.filter((name) => !names.includes(name)) : names);
}

/** A name that differs by little. */
function nearest(name: string): string | undefined {
  const close = NAMES.map((other) => [distance(name, other), other] as const).filter(([far]) => far <= 2);
  return close.sort(([a], [b]) => a - b)[0]?.[1];
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++)
      next.push(Math.min(next[k - 1]! + 1, row[k]! + 1, row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/**
 * Commander would take the program's name for the filter of a lone `--trace`, so that one gets its value here.
 * Looks only at the words before the program: `takesValue` tells which options are followed by one.
 */
export function fillTrace(words: readonly string[], takesValue: (option: string) => boolean): string[] {
  const filled = [...words];
  for (let i = 0; i < filled.length; i++) {
    const word = filled[i]!;
    if (!word.startsWith('-') || word === '--' || word === '-') break;
    if (word === '--trace') filled[i] = `--trace=${ALL}`;
    else if (!word.includes('=') && takesValue(word)) i++;
  }
  return filled;
}
