/** What the comparison says beside the words of the glossary. */
import { type Language, type Text, term, type Word } from '../../words/index.ts';

const LABELS = {
  policy: { en: 'policy', ko: '정책' },
  slice: { en: 'slice', ko: '슬라이스' },
  cpus: { en: 'CPUs', ko: 'CPU 수' },
  switches: { en: 'switches', ko: '문맥 교환' },
  idle: { en: 'idle', ko: '유휴' },
  switching: { en: 'switching', ko: '교환 중' },
  title: { en: 'Scheduling policies compared', ko: '스케줄링 정책 비교' },
  programs: { en: 'Programs', ko: '프로그램' },
  runs: { en: 'Runs', ko: '실행 결과' },
  cost: { en: 'Cost of a switch', ko: '교환 비용' },
  curves: { en: 'The length of a time slice', ko: '타임 슬라이스의 길이' },
  byPolicy: { en: 'By policy', ko: '정책별' },
  gantt: { en: 'Who had the CPU', ko: 'CPU를 쓴 작업' },
  tasks: { en: 'tasks', ko: '작업 수' },
  perSecond: { en: '/s', ko: '/초' },
  means: {
    en: 'Times are virtual, and means over all tasks that ended.',
    ko: '시간은 가상 시간이며, 종료된 모든 작업의 평균이다.',
  },
  fairness: {
    en: 'Fairness is Jain’s index over what tasks got of an equal share of the CPUs while they were ready or running.',
    ko: '공정성은 각 작업이 준비·실행 상태인 동안 CPU를 똑같이 나눈 몫과 실제로 받은 시간을 비교한 제인 지수이다.',
  },
  hover: { en: 'time slice', ko: '타임 슬라이스' },
  others: { en: 'more', ko: '개 더' },
} as const satisfies Readonly<Record<string, Text>>;

export type Label = keyof typeof LABELS;

/** A label in a language. */
export const label = (name: Label, language: Language): string => LABELS[name][language];

/** The measures that are shown, in their order, and how each is told. */
export const SHOWN = [
  { of: 'turnaround', word: 'turnaround-time', kind: 'time' },
  { of: 'waiting', word: 'waiting-time', kind: 'time' },
  { of: 'response', word: 'response-time', kind: 'time' },
  { of: 'throughput', word: 'throughput', kind: 'rate' },
  { of: 'switches', word: 'context-switch', kind: 'count' },
  { of: 'overhead', word: 'overhead', kind: 'share' },
  { of: 'fairness', word: 'fairness', kind: 'index' },
] as const satisfies readonly { readonly of: string; readonly word: Word; readonly kind: string }[];

export type Shown = (typeof SHOWN)[number];

/** The head of a column; the word for time is left out where there is no room for it. */
export function headOf({ word, of }: Shown, language: Language): string {
  if (of === 'switches') return label('switches', language);
  const full = term(word, language);
  return language === 'en' ? full.replace(/ time$/, '') : full;
}
