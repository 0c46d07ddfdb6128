/** The programs that are compared: the words after the options, or each `--program` as a line of its own. */
import { isProblem, type Problem, problem } from '../../base/index.ts';

/** What only a shell understands. */
const FOR_SHELL = /[|&;<>()$`*?[\]~#\n]/;

/** The words of a command line: blanks part them, quotes and backslashes keep them together. */
export function wordsOf(line: string): readonly [string, ...string[]] | Problem {
  if (FOR_SHELL.test(line)) return ['sh', '-c', line];
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (quote !== '' && letter === quote) quote = '';
    else if (quote === '' && (letter === '"' || letter === "'")) {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && quote !== "'") word = (word ?? '') + (line[++i] ?? '');
    else if (quote === '' && /\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '')
    return problem('bad-program', `--program ${line}: a quote is not closed`, `Close it with ${quote}.`);
  if (word !== null) words.push(word);
  const [first, ...rest] = words;
  return first === undefined
    ? problem('no-program', '--program is empty', "Give a command: --program 'sort /etc/passwd'.")
    : [first, ...rest];
}

/** All programs to run together. */
export function programsOf(
  lines: readonly string[],
  after: readonly string[],
): readonly (readonly [string, ...string[]])[] | Problem {
  const [first, ...rest] = after;
  const programs: (readonly [string, ...string[]])[] = first === undefined ? [] : [[first, ...rest]];
  for (const line of lines) {
    const words = wordsOf(line);
    if (isProblem(words)) return words;
    programs.push(words);
  }
  if (programs.length > 0) return programs;
  return problem(
    'no-program',
    'there is no program to schedule',
    "Write it behind --, or as --program 'COMMAND', also several times.",
  );
}
