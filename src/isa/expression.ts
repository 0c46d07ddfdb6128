/**
 * Constant expressions of assembly source: numbers, characters, symbols, `.` and C's operators, in 64-bit
 * two's complement. Symbols that are not known yet make the value unknown, not wrong.
 */

/** Looks a symbol up; undefined when it has no value. `.` is the current address. */
export type Lookup = (name: string) => bigint | undefined;

/** Why an expression has no value: it is malformed, or it names something unknown. */
export interface BadExpression {
  readonly reason: string;
}

/** An expression's value, as a bigint of either sign. */
export type Evaluated = bigint | BadExpression;

type Operation = (a: bigint, b: bigint) => bigint;

/** C's binary operators, loosest first. */
const LEVELS: readonly (readonly (readonly [sign: string, f: Operation])[])[] = [
  [['|', (a, b) => a | b]],
  [['^', (a, b) => a ^ b]],
  [['&', (a, b) => a & b]],
  [
    ['<<', (a, b) => a << BigInt.asUintN(6, b)],
    ['>>', (a, b) => a >> BigInt.asUintN(6, b)],
  ],
  [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
  ],
  [
    ['*', (a, b) => a * b],
    ['/', (a, b) => (b === 0n ? 0n : a / b)],
    ['%', (a, b) => (b === 0n ? 0n : a % b)],
  ],
];

const TOKEN =
  /\s*(0x[0-9a-f]+|0b[01]+|[0-9]+[fb](?![0-9a-z])|[0-9]+|'(?:\\.|[^\\])'|[.\w$]+|<<|>>|[-+*/%&|^~()])/iy;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The character behind a backslash. */
export const unescaped = (letter: string): string => ESCAPES[letter] ?? letter;

/** Tokens of an expression; what is none becomes a token that no rule accepts. */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (const end = text.trimEnd().length; TOKEN.lastIndex < end; ) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return ['?'];
    tokens.push(token);
  }
  return tokens;
}

interface Parsing {
  readonly tokens: readonly string[];
  readonly lookup: Lookup;
  at: number;
  broken: boolean;
  /** The first symbol without a value. */
  unknown: string | undefined;
}

/** Evaluates an expression. */
export function evaluate(text: string, lookup: Lookup): Evaluated {
  const p: Parsing = { tokens: tokenize(text), lookup, at: 0, broken: false, unknown: undefined };
  const value = binary(p, 0);
  if (p.broken || p.at !== p.tokens.length) return { reason: `'${text.trim()}' is no expression` };
  return p.unknown === undefined ? value : { reason: `'${p.unknown}' is not defined` };
}

function binary(p: Parsing, level: number): bigint {
  const operators = LEVELS[level];
  if (!operators) return unary(p);
  let left = binary(p, level + 1);
  for (;;) {
    const operator = operators.find(([sign]) => sign === p.tokens[p.at]);
    if (!operator) return left;
    p.at++;
    left = operator[1](left, binary(p, level + 1));
  }
}

function unary(p: Parsing): bigint {
  const token = p.tokens[p.at++];
  if (token === '-') return -unary(p);
  if (token === '+') return unary(p);
  if (token === '~') return ~unary(p);
  if (token !== '(') return primary(p, token);
  const value = binary(p, 0);
  if (p.tokens[p.at++] !== ')') p.broken = true;
  return value;
}

function primary(p: Parsing, token: string | undefined): bigint {
  if (token === undefined || !/^['.\w$]/.test(token)) {
    p.broken = true;
    return 0n;
  }
  if (/^(0x[0-9a-f]+|0b[01]+|[0-9]+)$/i.test(token)) return number(token);
  if (token.startsWith("'")) return BigInt(character(token).codePointAt(0)!);
  const value = p.lookup(token);
  if (value === undefined) p.unknown ??= token;
  return value ?? 0n;
}

/** A leading zero means octal, as in C. */
const number = (token: string): bigint => BigInt(/^0[0-7]+$/.test(token) ? `0o${token}` : token);

const character = (token: string): string => (token[1] === '\\' ? unescaped(token[2]!) : token.slice(1, -1));
