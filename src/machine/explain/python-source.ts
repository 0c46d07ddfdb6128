/**
 * The text of a Python file, as far as it must be understood to tell what a line says: where statements begin and
 * end, and which of them give the result of a call as the target of a process or thread.
 */

/** `Process(target=save())`: the function is called at once, and its result is given. */
export interface CalledTarget {
  readonly function: string;
  readonly starts: 'Process' | 'Thread';
}

interface Token {
  readonly text: string;
  readonly line: number;
  /** How many brackets are open before it. */
  readonly depth: number;
}

/** A statement, with what it begins with said by its first token. */
interface Statement {
  readonly tokens: readonly Token[];
  readonly first: number;
  readonly last: number;
  readonly indent: number;
}

/** Longer files are quoted, but not understood. */
const MOST_LETTERS = 2 ** 18;

/** Strings (with their prefixes), comments, joined lines, line ends, names and numbers, everything else. */
const TOKEN =
  /(?:[rRbBuUfF]{0,2})(?:"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)|#[^\n]*|\\\r?\n|\n|[ \t\r\f]+|[\p{L}\p{N}_]+|[\s\S]/gu;

const OPEN = new Set(['(', '[', '{']);
const CLOSE = new Set([')', ']', '}']);
const STRING_START = /^[rRbBuUfF]{0,2}["']/;

export class PythonSource {
  readonly #lines: readonly string[];
  readonly #statements: readonly Statement[];

  constructor(text: string) {
    this.#lines = text.split(/\r\n|\r|\n/);
    this.#statements = text.length > MOST_LETTERS ? [] : statementsOf(text);
  }

  /** A line without what it is indented by; empty where there is none. */
  line(number: number): string {
    return this.#lines[number - 1]?.trim() ?? '';
  }

  /** The slip `target=f()` in the statement around a line, if what f gives can only be None. */
  calledTarget(line: number): CalledTarget | null {
    const statement = this.#statements.find(({ first, last }) => first <= line && line <= last);
    const found = statement === undefined ? null : targetIn(statement.tokens);
    return found !== null && this.#givesNone(found.function) ? found : null;
  }

  /** Is it a function of this file, without return of anything, and no generator or coroutine? */
  #givesNone(name: string): boolean {
    const found = this.#statements.flatMap((one, i) => (isDefinition(one, name) ? [i] : []));
    const at = found[0];
    if (at === undefined || found.length > 1) return false;
    const { indent, tokens } = this.#statements[at]!;
    const before = this.#statements[at - 1];
    if (tokens[0]!.text !== 'def' || (before?.indent === indent && before.tokens[0]!.text === '@'))
      return false;
    if (givesSomething(tokens)) return false;
    for (const each of this.#statements.slice(at + 1)) {
      if (each.indent <= indent) break;
      if (givesSomething(each.tokens)) return false;
    }
    return true;
  }
}

/** Does the statement bind the name: `def name`, `class name`, `name =`? */
function isDefinition({ tokens }: Statement, name: string): boolean {
  const words = tokens.map(({ text }) => text);
  const at = words.indexOf(name);
  if (at < 0 || tokens[at]!.depth > 0) return false;
  const [before, after] = [words[at - 1], words[at + 1]];
  return (
    before === 'def' ||
    before === 'class' ||
    before === 'import' ||
    before === 'as' ||
    (after === '=' && words[at + 2] !== '=')
  );
}

function givesSomething(tokens: readonly Token[]): boolean {
  return tokens.some(({ text }, i) => {
    if (text === 'yield') return true;
    const next = tokens[i + 1]?.text;
    return text === 'return' && next !== undefined && next !== ';' && next !== 'None';
  });
}

const STARTS = new Set(['Process', 'Thread']);

/** `Process(… target = name ( …` with the bracket of the call directly behind the name, and nothing behind that call. */
function targetIn(tokens: readonly Token[]): CalledTarget | null {
  for (let i = 0; i < tokens.length; i++) {
    const { text, depth } = tokens[i]!;
    if (!STARTS.has(text) || tokens[i + 1]?.text !== '(') continue;
    for (let k = i + 2; k < tokens.length && tokens[k]!.depth > depth; k++) {
      const [word, equals, name, open] = tokens.slice(k, k + 4);
      if (tokens[k]!.depth !== depth + 1 || word?.text !== 'target' || equals?.text !== '=') continue;
      if (open?.text !== '(' || open.depth !== depth + 1 || !/^[\p{L}_]/u.test(name!.text)) return null;
      const close = tokens.findIndex((each, at) => at > k + 3 && each.depth === depth + 1);
      const behind = tokens[close + 1]?.text;
      if (behind !== ',' && behind !== ')') return null;
      return { function: name!.text, starts: text as CalledTarget['starts'] };
    }
  }
  return null;
}

function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let [tokens, line, depth, indent]: [Token[], number, number, number] = [[], 1, 0, 0];
  const end = () => {
    if (tokens.length > 0) statements.push({ tokens, first: tokens[0]!.line, last: line, indent });
    tokens = [];
  };
  for (const [piece] of text.matchAll(TOKEN)) {
    if (piece === '\n' && depth === 0) {
      end();
      indent = 0;
    } else if (/^[ \t\r\f]+$/.test(piece)) {
      if (tokens.length === 0) indent = piece.replaceAll('\t', '        ').length;
    } else if (!/^[\n#\\]/.test(piece)) {
      if (CLOSE.has(piece)) depth = Math.max(0, depth - 1);
      tokens.push({ text: STRING_START.test(piece) ? "''" : piece, line, depth });
      if (OPEN.has(piece)) depth++;
    }
    line += piece.split('\n').length - 1;
  }
  end();
  return statements;
}
