/** `tree --history`: everybody who ever lived in a run, below who made them. */
import { signalName } from '../abi/index.ts';
import type { Language, Text } from '../words/index.ts';
import type { Life } from './lineage.ts';
import { inTime, safe, type TextStyle, table, treeMarks } from './text.ts';

const HEADS = {
  process: { en: 'PROCESS', ko: '프로세스' },
  born: { en: 'BORN', ko: '생성' },
  how: { en: 'BY', ko: '방법' },
  ended: { en: 'ENDED', ko: '종료' },
  status: { en: 'STATUS', ko: '상태' },
  reaped: { en: 'REAPED BY', ko: '회수' },
} as const satisfies Record<string, Text>;

const PHRASES = {
  adopted: { en: 'adopted by # at @', ko: '@에 #의 자식이 됨' },
  exit: { en: 'exit #', ko: 'exit #' },
  killed: { en: 'killed by #', ko: '#로 죽음' },
  reaped: { en: '# at @', ko: '@에 #' },
  lives: { en: 'lives', ko: '살아 있음' },
} as const satisfies Record<string, Text>;

const say = (what: keyof typeof PHRASES, language: Language, about: string | number, time = 0): string =>
  PHRASES[what][language].replace('#', String(about)).replace('@', inTime(time));

/** A line for each task that ever lived, in the order of birth below its maker. */
export function lineageLines(roots: readonly Life[], language: Language, style: TextStyle): string[] {
  const right = { align: 'right' } as const;
  const columns = [
    { head: HEADS.process[language] },
    { head: HEADS.born[language], ...right },
    { head: HEADS.how[language] },
    { head: HEADS.ended[language], ...right },
    { head: HEADS.status[language] },
    { head: HEADS.reaped[language] },
  ];
  const marks = treeMarks(style);
  const rows: string[][] = [];
  const tell = (life: Life, before: string, below: string): void => {
    rows.push([before + nameOf(life, language, style), ...factsOf(life, language)]);
    for (const [i, child] of life.children.entries()) {
      const isLast = i === life.children.length - 1;
      tell(child, below + (isLast ? marks.last : marks.branch), below + (isLast ? marks.none : marks.pass));
    }
  };
  for (const root of roots) tell(root, '', '');
  return table(columns, rows, style);
}

/** Its name and number, the programs it executed one after the other, and who adopted it. */
function nameOf(life: Life, language: Language, { isUnicode }: TextStyle): string {
  if (life.how === 'thread') return `{${safe(life.comm)}} ${life.tid}`;
  const arrow = isUnicode ? ' → ' : ' -> ';
  const [first, ...more] = life.programs;
  const start = life.firstComm === '' && first ? more : life.programs;
  const named = life.firstComm || (first?.comm ?? life.comm);
  const programs = start.map(({ time, comm }) => `${arrow}${safe(comm)} (${inTime(time)})`);
  const adopted = life.adoptions.map(({ time, by }) => `, ${say('adopted', language, by, time)}`);
  return `${safe(named)} ${life.tid}${programs.join('')}${adopted.join('')}`;
}

function factsOf(life: Life, language: Language): string[] {
  const { how, madeBy, born, ended, reaped } = life;
  return [
    how === 'boot' ? '-' : inTime(born),
    how === 'boot' ? '-' : `${how} ${madeBy}`,
    ended === null ? '-' : inTime(ended.time),
    ended === null ? PHRASES.lives[language] : statusText(ended.status, language),
    reaped === null ? '-' : say('reaped', language, reaped.by, reaped.time),
  ];
}

const statusText = (status: number, language: Language): string =>
  (status & 0x7f) === 0
    ? say('exit', language, (status >> 8) & 0xff)
    : say('killed', language, signalName(status & 0x7f));
