/** What the page says beside the words of the glossary. */
import type { Language, Text } from '../../words/index.ts';

const WORDS = {
  hint: {
    en: 'Wheel or + and − zoom, dragging moves, 0 shows all. A click, or the arrow keys, choose a stay of a task.',
    ko: '휠이나 +, −로 확대·축소하고 끌어서 옮기며 0으로 전체를 본다. 누르거나 화살표 키로 작업의 한 구간을 고른다.',
  },
  zoomIn: { en: 'Zoom in', ko: '확대' },
  zoomOut: { en: 'Zoom out', ko: '축소' },
  all: { en: 'All', ko: '전체' },
  chosen: { en: 'Chosen', ko: '고른 구간' },
  nothing: { en: 'Choose a box above.', ko: '위에서 구간을 고른다.' },
  when: { en: 'when', ko: '시각' },
  long: { en: 'how long', ko: '길이' },
  why: { en: 'why', ko: '이유' },
  diagram: { en: 'States so far', ko: '지금까지의 상태 변화' },
  tree: { en: 'Processes then', ko: '그때의 프로세스 트리' },
  pcb: { en: 'Process control block', ko: '프로세스 제어 블록' },
  maps: { en: 'Memory map', ko: '메모리 맵' },
  asAt: { en: 'as it was at #', ko: '# 시점' },
  noLook: {
    en: 'The task was not there at the nearest moment that was looked at.',
    ko: '가까운 조사 시점에는 이 작업이 없었다.',
  },
  coarse: {
    en: 'There are too many stays to hold each: a box shows what most of its time was.',
    ko: '구간이 너무 많아 하나씩 담지 못하였다. 칸마다 가장 길었던 상태를 보인다.',
  },
  new: { en: 'new', ko: '생성' },
  terminated: { en: 'terminated', ko: '종료' },
  admit: { en: 'admitted', ko: '승인' },
  dispatch: { en: 'dispatched', ko: '디스패치' },
  preempt: { en: 'preempted', ko: '선점' },
  wait: { en: 'waits', ko: '대기 시작' },
  wake: { en: 'woken', ko: '깨어남' },
  stop: { en: 'stopped', ko: '멈춤' },
  continue: { en: 'continued', ko: '재개' },
  exit: { en: 'ends', ko: '종료됨' },
} as const satisfies Record<string, Text>;

/** All of them in a language. */
export const pageWords = (language: Language): Readonly<Record<keyof typeof WORDS, string>> =>
  Object.fromEntries(Object.entries(WORDS).map(([name, text]) => [name, text[language]])) as Record<
    keyof typeof WORDS,
    string
  >;
