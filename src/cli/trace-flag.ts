/** `--trace[=FILTER]`: which system calls, signals and results to print, in the words of `strace -e`. */
import { Option } from 'commander';
import { SIGNAL, SIGRTMAX, SYSCALL_NAMES, signalName } from '../abi/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';
import type { CallStatus, TraceChoice } from '../host-node/index.ts';
import { TRACE_CLASSES } from './trace-classes.ts';

/** The value `--trace` has when nothing follows. */
const ALL = 'all';
const NONE = 'none';

const NAMES = Object.values(SYSCALL_NAMES).filter((name) => name !== undefined);
const SIGNALS = Array.from({ length: SIGRTMAX }, (_, i) => signalName(i + 1));
const STATUSES: readonly CallStatus[] = ['successful', 'failed', 'unfinished'];

/** What one word of a filter stands for; a sentence and a hint where it stands for nothing. */
type Reads = (word: string) => readonly string[] | { readonly sentence: string; readonly hint: string };

const callsOf: Reads = (word) => {
  if (word.startsWith('/')) return matching(word.slice(1));
  if (word.startsWith('%')) {
    const named = TRACE_CLASSES[word === '%net' ? 'network' : word.slice(1)];
    const hint = `Classes are ${Object.keys(TRACE_CLASSES)
      .map((name) => `%${name}`)
      .join(', ')}.`;
    return named ?? { sentence: `there is no class ${word}`, hint };
  }
  const isOptional = word.startsWith('?');
  const name = isOptional ? word.slice(1) : word;
  if (NAMES.includes(name)) return [name];
  if (isOptional) return [];
  const near = nearest(name, NAMES);
  const hint =
    near === undefined ? 'Write names with commas, such as --trace=openat,read.' : `Did you mean ${near}?`;
  return { sentence: `there is no system call ${name}`, hint };
};

function matching(pattern: string): ReturnType<Reads> {
  try {
    const regex = new RegExp(pattern);
    return NAMES.filter((name) => regex.test(name));
  } catch {
    return {
      sentence: `${pattern} is not a regular expression`,
      hint: 'Behind / stands one that names have to match, such as --trace=/^sched_.',
    };
  }
}

const signalsOf: Reads = (word) => {
  const name = `SIG${word.toUpperCase().replace(/^SIG/, '')}`;
  if (SIGNALS.includes(name)) return [name];
  const near = nearest(name, Object.keys(SIGNAL));
  const hint =
    near === undefined ? 'Write names with commas, such as signal=CHLD,INT.' : `Did you mean ${near}?`;
  return { sentence: `there is no signal ${word}`, hint };
};

const statusOf: Reads = (word) =>
  (STATUSES as readonly string[]).includes(word)
    ? [word]
    : { sentence: `there is no status ${word}`, hint: `A call is ${STATUSES.join(', ')}.` };

/** What stands before `=`, the field it fills, all there is, and how a word is read. */
const QUALIFIERS = {
  trace: { field: 'only', all: NAMES, reads: callsOf },
  signal: { field: 'signals', all: SIGNALS, reads: signalsOf },
  status: { field: 'status', all: STATUSES, reads: statusOf },
} as const;
type Qualifier = keyof typeof QUALIFIERS;

/** The option itself, which may stand several times. */
export const traceOption = (): Option =>
  new Option('--trace [filter]', 'print system calls as strace -f does; --trace=FILTER only some').argParser(
    (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
  );

/** What is traced by `read,write`, `!%file`, `signal=none` and the like, each the value of one `--trace`. */
export function readTraceFilters(texts: readonly string[]): TraceChoice | Problem {
  const choice: Record<string, ReadonlySet<string>> = {};
  for (const text of texts) {
    const [, named, words] = /^(?:(trace|signal|status)=)?(.*)$/s.exec(text)!;
    const { field, all, reads } = QUALIFIERS[(named ?? 'trace') as Qualifier];
    const set = readSet(text, words!, all, reads);
    if (isProblem(set)) return set;
    if (set === null) delete choice[field];
    else choice[field] = set;
  }
  return choice as TraceChoice;
}

/** The names that are meant; null for all. */
function readSet(
  text: string,
  given: string,
  all: readonly string[],
  reads: Reads,
): ReadonlySet<string> | null | Problem {
  const isNegated = given.startsWith('!');
  const list = isNegated ? given.slice(1) : given;
  if (list === '' && !isNegated) return null;
  if (list === ALL) return isNegated ? new Set() : null;
  const names = new Set<string>();
  for (const word of list === NONE ? [] : list.split(',')) {
    const found = reads(word);
    if ('sentence' in found) return problem('bad-filter', `--trace=${text}: ${found.sentence}`, found.hint);
    for (const name of found) names.add(name);
  }
  return isNegated ? new Set(all.filter((name) => !names.has(name))) : names;
}

/** A name that differs by little. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const close = names.map((other) => [distance(name, other), other] as const).filter(([far]) => far <= 2);
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
