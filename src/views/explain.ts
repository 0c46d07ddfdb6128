/** What the kernel did for the lines of a Python program, as sentences along the way. */
import type { LineTold, Told } from '../machine/index.ts';
import type { Language } from '../words/index.ts';
import { deedText, slipText } from './explain-words.ts';
import { cut, safe, type TextStyle, widthOf, wrap } from './text.ts';

/** How parts of a sentence look; as they are, unless told. */
export interface ExplainLook {
  readonly where?: (text: string) => string;
  readonly warning?: (text: string) => string;
}

const SAYS = {
  unreadable: {
    en: 'process # runs a Python whose frames cannot be read (only CPython 3.13 is known), so nothing is told of its lines',
    ko: '#번 프로세스의 파이썬은 호출 프레임을 읽을 수 없는 버전이라(CPython 3.13만 지원) 줄별로 설명할 수 없다',
  },
  line: { en: 'line #', ko: '#번째 줄' },
  python: { en: 'Python itself', ko: '파이썬 자체' },
  more: { en: 'and # more', ko: '그 밖에 #가지' },
} as const;

const MOST_SOURCE = 60;

/** The lines of what was told; `main` is the file whose name goes without saying. */
export function explainLines(
  told: Told,
  language: Language,
  style: TextStyle,
  main = '',
  { where = (text) => text, warning = (text) => text }: ExplainLook = {},
): string[] {
  const { width } = style;
  if (told.kind === 'unreadable')
    return wrap(SAYS.unreadable[language].replace('#', String(told.pid)), width).map(warning);
  const head = headOf(told, language, style, main);
  const clauses = told.deeds.flatMap((deed) => deedText(deed, told, language) ?? []);
  if (told.more > 0) clauses.push(SAYS.more[language].replace('#', String(told.more)));
  const arrow = style.isUnicode ? '→' : '->';
  const whole = clauses.length === 0 ? head : `${head} ${arrow} ${clauses.join('; ')}`;
  const lines = widthOf(whole) <= width - 2 ? [whole] : wrap(whole, width - 2);
  const slips = told.deeds.flatMap((deed) =>
    deed.what === 'called-too-early' ? wrap(slipText(deed, told, language), width - 4) : [],
  );
  return [
    ...lines.map((line, i) => (i === 0 ? marked(line, head, where) : `  ${line}`)),
    ...slips.map((line, i) => warning(`  ${i === 0 ? '!' : ' '} ${line}`)),
  ];
}

/** As it stands in the file, where a backslash is one, but nothing that a terminal would obey. */
const quoted = (source: string): string => source.split('\\').map(safe).join('\\');

/** Only a head that is whole is coloured. */
const marked = (line: string, head: string, where: (text: string) => string): string =>
  line.startsWith(head) ? where(head) + line.slice(head.length) : line;

function headOf(told: LineTold, language: Language, style: TextStyle, main: string): string {
  const { pid, tid, file, line, source } = told;
  const who = pid === tid ? `[${pid}]` : `[${pid}/${tid}]`;
  if (file === '') return `${who} ${SAYS.python[language]}`;
  const name = file === main ? '' : `${safe(file.split('/').at(-1)!)} `;
  const text = source === '' ? '' : `: \`${cut(quoted(source), Math.min(MOST_SOURCE, style.width), style)}\``;
  return `${who} ${name}${SAYS.line[language].replace('#', String(line))}${text}`;
}
