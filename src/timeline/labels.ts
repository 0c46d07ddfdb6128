/** What timelines say beside the words of the glossary, and causes in words. */
import { signalName } from '../abi/index.ts';
import { inTime, safe, waitText } from '../views/index.ts';
import { type Language, type Text, term } from '../words/index.ts';
import type { Cause, Flow, Mark, Stay, TaskLane } from './model.ts';

const LABELS = {
  title: { en: 'Timeline', ko: '타임라인' },
  arrows: { en: 'Arrows', ko: '화살표' },
  more: { en: '… and # more tasks', ko: '… 그 밖의 작업 #개' },
  manyArrows: {
    en: '#: too many to list; a shorter window (--from, --to) shows each',
    ko: '#: 너무 많아 줄임. --from, --to로 구간을 좁히면 하나씩 나온다',
  },
  empty: { en: 'nothing happened in this window', ko: '이 구간에는 아무 일도 없다' },
  idle: { en: 'idle', ko: '유휴' },
  switching: { en: 'switching', ko: '교환 중' },
  fork: { en: 'fork', ko: 'fork' },
  exec: { en: 'exec', ko: 'exec' },
  wake: { en: 'wake', ko: '깨움' },
  pipe: { en: 'pipe', ko: '파이프' },
  signal: { en: 'signal', ko: '시그널' },
  exit: { en: 'exit', ko: '종료' },
} as const satisfies Record<string, Text>;

export type Label = keyof typeof LABELS;

/** A label in a language; `#` in it stands for what is given. */
export const label = (name: Label, language: Language, about: string | number = ''): string =>
  LABELS[name][language].replace('#', String(about));

/** An instant with as many digits as tell it from its neighbours in a window. */
export function instantText(
  at: number,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const [scale, unit] =
    to >= 1e9 ? [1e9, 's'] : to >= 1e6 ? [1e6, 'ms'] : to >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const digits = Math.ceil(Math.log10((scale * 1000) / Math.max(1, to - from)));
  return `${(at / scale).toFixed(Math.min(Math.log10(scale), Math.max(0, digits)))} ${unit}`;
}

const CAUSES = {
  made: { en: 'it was made', ko: '생성됨' },
  started: { en: 'it was there', ko: '이미 있었음' },
  yield: { en: 'it yielded the CPU', ko: 'CPU를 양보함' },
  slice: { en: 'its time slice was used up', ko: '타임 슬라이스를 다 씀' },
  continued: { en: 'it was continued', ko: '다시 시작됨' },
  dispatch: { en: 'dispatched after # in the ready queue', ko: '준비 큐에서 # 기다린 뒤 디스패치됨' },
  preempted: { en: 'preempted by #', ko: '#에 선점됨' },
  waits: { en: 'waits for #', ko: '기다리는 것: #' },
  event: { en: 'what it waited for came', ko: '기다리던 일이 일어남' },
  timeout: { en: 'its time was over', ko: '시간이 다 됨' },
  signal: { en: 'a signal came', ko: '시그널이 도착함' },
  by: { en: 'from #', ko: '#에 의해' },
  stopped: { en: 'stopped by #', ko: '#로 멈춤' },
  exit: { en: 'ended with exit status #', ko: '종료 상태 값 #로 종료' },
  killed: { en: 'killed by #', ko: '#로 종료' },
} as const satisfies Record<string, Text>;

/** Why a task came into a state, in words. */
export function causeText(cause: Cause, language: Language): string {
  const tell = (name: keyof typeof CAUSES, about: string | number = '') =>
    CAUSES[name][language].replace('#', String(about));
  switch (cause.why) {
    case 'dispatch':
      return tell('dispatch', inTime(cause.waited));
    case 'preempted':
      return tell('preempted', safe(cause.by));
    case 'waits':
      return tell('waits', waitText(cause, language));
    case 'woken':
      return cause.by === 0 ? tell(cause.reason) : `${tell(cause.reason)} (${tell('by', cause.by)})`;
    case 'stopped':
      return tell('stopped', cause.signal);
    case 'ended':
      return (cause.status & 0x7f) === 0
        ? tell('exit', (cause.status >> 8) & 0xff)
        : tell('killed', signalName(cause.status & 0x7f));
    default:
      return tell(cause.why);
  }
}

/** The name of a task, as it was last: threads in braces, as pstree has them. */
export const nameOf = ({ life }: TaskLane): string =>
  life.how === 'thread' ? `{${safe(life.comm)}} ${life.tid}` : `${safe(life.comm || '?')} ${life.tid}`;

/** An arrow in words: who, to whom, and what it waited for. */
export function flowText({ kind, from, to, text }: Flow, language: Language): string {
  const about = kind === 'fork' ? term(text === 'thread' ? 'thread' : 'process', language) : text;
  return `${from} → ${to}${about === '' ? '' : ` (${safe(about)})`}`;
}

export const markText = ({ kind, text }: Mark): string => (kind === 'exit' ? '' : safe(text));

const LEFT = {
  first: { en: '', ko: '' },
  blocked: { en: 'which waits', ko: '대기에 들어감' },
  slice: { en: 'whose slice is used up', ko: '타임 슬라이스를 다 씀' },
  yield: { en: 'which yields', ko: '양보함' },
  preempted: { en: 'which is preempted', ko: '선점됨' },
  exited: { en: 'which has ended', ko: '종료됨' },
  stopped: { en: 'which is stopped', ko: '멈춤' },
} as const satisfies Record<NonNullable<Stay['switched']>['how'], Text>;

/** A context switch in words. */
export function switchText({ switched }: Stay, language: Language): string {
  if (switched === null || switched.from === 0) return '';
  const cost = switched.cost === 0 ? '' : `, ${inTime(switched.cost)}`;
  return `${term('context-switch', language)}: ${switched.from} (${LEFT[switched.how][language]})${cost}`;
}
