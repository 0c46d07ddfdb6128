/** What each test of a run of CPython's regression tests came to, from the runner's JUnit file, and as text. */

/** The worst of what a test's parts came to. */
export type Result = 'pass' | 'skip' | 'fail';

/** Results by the test's full name, such as test.test_os.FileTests.test_access. */
export type Outcomes = Readonly<Record<string, Result>>;

const RANK: Readonly<Record<Result, number>> = { pass: 0, skip: 1, fail: 2 };

/** A line of its own between what the tests print and the JUnit file. */
const MARK = '=====JUNIT=====';

/** The runner's file has no word of a skip whose reason is empty: of what the tests print, the line that ends so. */
const SKIPPED_WITHOUT_REASON = /^\S+ \((\S+)\) \.\.\. skipped ''$/gm;

/** A script of sh that runs modules of the tests and then prints the runner's own file of outcomes. */
export const scriptOf = (modules: readonly string[]): string =>
  `cd /; python3 -m test -v --junit-xml /tmp/outcomes.xml ${modules.join(' ')}; echo; echo ${MARK}; cat /tmp/outcomes.xml`;

/** The outcomes in what `scriptOf` printed; null when the run ended before there were any. */
export function outcomesOf(output: string): Outcomes | null {
  const from = output.lastIndexOf(MARK);
  if (from < 0) return null;
  const found: Record<string, Result> = {};
  for (const [, attributes, body = ''] of output
    .slice(from)
    .matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const name = /\bname="([^"]*)"/.exec(attributes!)?.[1] ?? '';
    const result = /<(?:failure|error)\b/.test(body) ? 'fail' : /<skipped\b/.test(body) ? 'skip' : 'pass';
    if (RANK[result] >= RANK[found[name] ?? 'pass']) found[name] = result;
  }
  for (const [, name] of output.slice(0, from).matchAll(SKIPPED_WITHOUT_REASON)) found[name!] = 'skip';
  return Object.keys(found).length === 0 ? null : found;
}

/** Outcomes of modules as text: a line per module, one per class, then a line per test. */
export function outcomesText(modules: Readonly<Record<string, Outcomes>>): string {
  const lines: string[] = [];
  for (const [module, outcomes] of Object.entries(modules)) {
    lines.push(`== ${module}`);
    let group = '';
    for (const [heading, name, result] of parted(outcomes)) {
      if (heading !== group) lines.push(heading);
      group = heading;
      lines.push(`  ${result} ${name}`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Rows of class, test and result in order; names of doctests have no class and come first. */
function parted(outcomes: Outcomes): (readonly [heading: string, name: string, result: Result])[] {
  const rows = Object.entries(outcomes).map(([full, result]) => {
    const dot = full.replace(/ .*/, '').lastIndexOf('.');
    return [full.slice(0, Math.max(0, dot)), full.slice(dot + 1), result] as const;
  });
  const before = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  return rows.sort((one, other) => before(one[0], other[0]) || before(one[1], other[1]));
}

/** The reverse of `outcomesText`; lines that begin with # say something about the text. */
export function parseOutcomes(text: string): Readonly<Record<string, Outcomes>> {
  const modules: Record<string, Record<string, Result>> = {};
  let outcomes: Record<string, Result> = {};
  let group = '';
  for (const line of text.split('\n')) {
    const [, result, name] = /^ {2}(pass|skip|fail) (.*)$/.exec(line) ?? [];
    if (name !== undefined) outcomes[group === '' ? name : `${group}.${name}`] = result as Result;
    else if (line.startsWith('== ')) {
      outcomes = {};
      modules[line.slice(3)] = outcomes;
      group = '';
    } else if (!line.startsWith('#')) group = line;
  }
  return modules;
}
