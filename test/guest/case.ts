/**
 * What a guest program must print, as a table row that any target can check: qemu-riscv64 here, our own kernel
 * elsewhere. Ids differ from run to run, so expected text may hold places for them.
 */

export interface GuestCase {
  readonly name: string;
  /** Behind the program's own name: `['sh', '-c', '…']` means `tiny sh -c '…'`. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  /**
   * Expected standard output. `{word}` stands for a decimal id: the same word for the same id, different words for
   * different ids. `{#}` is any decimal number, `{@word}` an address in hexadecimal.
   */
  readonly stdout: string;
  readonly status: number;
  /** Lines may come in any order: several processes print, and nothing orders them. */
  readonly anyOrder?: boolean;
  /** Linux does this and qemu-user 7.2 does not: why. Such a row is not checked under qemu. */
  readonly notInQemu?: string;
  /** The processor matters: why. Such a row is not checked on the machine itself. */
  readonly notNative?: string;
}

const place = /\{(#|@?\w+)\}/g;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const digitsOf = (name: string): string => (name.startsWith('@') ? '0x[0-9a-f]+' : '\\d+');

/** The line as a pattern, and the names of its places in order. */
const compile = (line: string): { pattern: RegExp; names: string[] } => {
  const names: string[] = [];
  let source = '';
  let at = 0;
  for (const found of line.matchAll(place)) {
    source += `${escaped(line.slice(at, found.index))}(${digitsOf(found[1]!)})`;
    names.push(found[1]!);
    at = found.index + found[0].length;
  }
  return { pattern: new RegExp(`^${source}${escaped(line.slice(at))}$`), names };
};

type Bindings = ReadonlyMap<string, string>;

/** The bindings with this line's ids added, or null when the line does not fit. */
const fit = (template: string, line: string, known: Bindings): Bindings | null => {
  const { pattern, names } = compile(template);
  const found = pattern.exec(line);
  if (!found) return null;
  const bindings = new Map(known);
  for (const [i, name] of names.entries()) {
    const value = found[i + 1]!;
    if (name === '#') continue;
    if (bindings.has(name) ? bindings.get(name) !== value : [...bindings.values()].includes(value))
      return null;
    bindings.set(name, value);
  }
  return bindings;
};

const inAnyOrder = (templates: readonly string[], lines: readonly string[], known: Bindings): boolean => {
  if (templates.length === 0) return lines.length === 0;
  return lines.some((line, i) => {
    const bindings = fit(templates[0]!, line, known);
    return bindings !== null && inAnyOrder(templates.slice(1), lines.toSpliced(i, 1), bindings);
  });
};

/** Null when the output is as expected, else a sentence that says where it is not. */
export const mismatch = (expected: GuestCase, stdout: string): string | null => {
  const templates = expected.stdout.split('\n');
  const lines = stdout.split('\n');
  if (expected.anyOrder)
    return inAnyOrder(templates, lines, new Map()) ? null : `the lines do not fit in any order:\n${stdout}`;
  let bindings: Bindings = new Map();
  for (const [i, template] of templates.entries()) {
    const line = lines[i];
    const next = line === undefined ? null : fit(template, line, bindings);
    if (next === null)
      return `line ${i + 1}: expected ${JSON.stringify(template)}, got ${JSON.stringify(line)}\n${stdout}`;
    bindings = next;
  }
  return lines.length > templates.length
    ? `unexpected line: ${JSON.stringify(lines[templates.length])}`
    : null;
};
