/** `heap`: what each process asked malloc for, how that grew, and what it never gave back, by who asked for it. */
import type { HeapAmount, HeapLeak, HeapProcess, HeapView, LeakKind } from '../machine/index.ts';
import { type Language, type Text, term } from '../words/index.ts';
import { placeText } from './place.ts';
import { facts, inTime, safe, type TextStyle, wrap } from './text.ts';

const SAYS = {
  of: { en: 'Heap of', ko: '힙 영역:' },
  ended: {
    exit: { en: 'ended', ko: '종료됨' },
    exec: { en: 'replaced by exec', ko: 'exec로 교체됨' },
    alive: { en: 'still running', ko: '실행 중' },
  },
  inUse: { en: 'in use', ko: '사용 중' },
  total: { en: 'in total', ko: '누계' },
  skipped: { en: 'too many to follow', ko: '추적하지 못한 블록' },
  peak: { en: 'most at once', ko: '최대 사용량' },
  growth: { en: 'growth', ko: '증가 추이' },
  segment: { en: 'from the kernel', ko: '커널에서 받은 크기' },
  and: { en: 'and with them', ko: '함께 잃은 것:' },
  none: {
    en: 'No process asked an allocator for memory whose functions have names (malloc, free).',
    ko: '이름이 있는 할당 함수(malloc, free)로 메모리를 요청한 프로세스가 없습니다.',
  },
  mapped: { en: 'all private memory', ko: '전체 개인 메모리' },
  more: { en: 'more places', ko: '곳 더' },
} as const;

/** Blocks never freed, by whether the program could still find them. */
const KINDS: Readonly<Record<LeakKind, Text>> = {
  definite: { en: 'definitely lost', ko: '확실히 잃음' },
  indirect: { en: 'indirectly lost', ko: '간접적으로 잃음' },
  possible: { en: 'possibly lost', ko: '잃었을 수 있음' },
  reachable: { en: 'still reachable', ko: '아직 도달 가능' },
};

/** Of one process, unless all are asked for. */
const MOST_LEAKS = 20;

const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** The lines of all heaps, or of one process's. */
export function heapLines({ processes }: HeapView, language: Language, style: TextStyle): string[] {
  if (processes.length === 0) return wrap(SAYS.none[language], style.width);
  return processes.flatMap((heap, i) => [...(i === 0 ? [] : ['']), ...heapOf(heap, language, style)]);
}

const KIND_NAMES = Object.keys(KINDS) as LeakKind[];

function heapOf(heap: HeapProcess, language: Language, style: TextStyle): string[] {
  const { pid, argv, ended, inUse, allocs, frees, allocated, peak } = heap;
  const inner = { ...style, width: style.width - 2 };
  const head = `${SAYS.of[language]} ${safe(argv.join(' '))} ${pid} (${SAYS.ended[ended ?? 'alive'][language]})`;
  const entries: (readonly [string, string])[] = [
    [SAYS.inUse[language], amount(inUse, language)],
    ...KIND_NAMES.flatMap((kind): [string, string][] =>
      heap.kinds[kind].blocks === 0
        ? []
        : [[`  ${KINDS[kind][language]}`, amount(heap.kinds[kind], language)]],
    ),
    [SAYS.total[language], totals(allocs, frees, allocated, language)],
    [SAYS.peak[language], `${amount(peak, language)}, ${inTime(peak.at)}`],
  ];
  if (heap.skipped > 0) entries.push([SAYS.skipped[language], grouped(heap.skipped)]);
  const last = heap.samples.at(-1);
  if (last !== undefined) {
    const brk = `${term('heap', language)} ${bytes(last.brk, language)}, ${SAYS.mapped[language]} ${bytes(last.mapped, language)}`;
    entries.push([SAYS.segment[language], brk], [SAYS.growth[language], growth(heap, inner)]);
  }
  return [
    ...wrap(head, style.width),
    ...facts(entries, inner).map((line) => `  ${line}`),
    ...leakLines(heap.leaks, language, style),
  ];
}

const bytes = (count: number, language: Language): string =>
  language === 'ko' ? `${grouped(count)}바이트` : `${grouped(count)} ${count === 1 ? 'byte' : 'bytes'}`;

const amount = ({ bytes: size, blocks }: HeapAmount, language: Language): string =>
  language === 'ko'
    ? `${bytes(size, language)}, 블록 ${grouped(blocks)}개`
    : `${bytes(size, language)} in ${grouped(blocks)} ${blocks === 1 ? 'block' : 'blocks'}`;

const totals = (allocs: number, frees: number, size: number, language: Language): string =>
  language === 'ko'
    ? `할당 ${grouped(allocs)}회, 해제 ${grouped(frees)}회, ${bytes(size, language)} 요청`
    : `${grouped(allocs)} ${allocs === 1 ? 'alloc' : 'allocs'}, ${grouped(frees)} ${frees === 1 ? 'free' : 'frees'}, ${bytes(size, language)} asked for`;

const BARS = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=+*#@' } as const;
const LEFT_OF_BARS = 40;

/** Bytes in use over time: each column the most of its part of the time from the first sample to the end. */
function growth({ samples, at, inUse }: HeapProcess, { width, isUnicode }: TextStyle): string {
  const bars = [...(isUnicode ? BARS.unicode : BARS.ascii)];
  const columns = Math.max(4, Math.min(60, width - LEFT_OF_BARS));
  const begin = samples[0]!.at;
  const span = Math.max(1, at - begin);
  const most = new Array<number>(columns).fill(0);
  const column = (time: number) => Math.min(columns - 1, Math.floor(((time - begin) / span) * columns));
  const all = [...samples, { at, bytes: inUse.bytes }];
  for (const [i, sample] of all.entries()) {
    // It stays as it is until the next sample.
    const until = column(all[i + 1]?.at ?? at);
    for (let c = column(sample.at); c <= until; c++) most[c] = Math.max(most[c]!, sample.bytes);
  }
  const peak = Math.max(1, ...most);
  const text = most.map((size) => bars[Math.ceil((size / peak) * (bars.length - 1))]).join('');
  return `${text} ${inTime(begin)} - ${inTime(at)}`;
}

function leakLines(leaks: readonly HeapLeak[], language: Language, style: TextStyle): string[] {
  const shown = leaks.slice(0, MOST_LEAKS);
  const rest = leaks.slice(MOST_LEAKS);
  const size = rest.reduce((sum, leak) => sum + leak.bytes, 0);
  const more = `  … ${rest.length} ${SAYS.more[language]}: ${bytes(size, language)}`;
  return [
    ...shown.flatMap((leak) => leakText(leak, language, style)),
    ...(rest.length === 0 ? [] : [style.isUnicode ? more : more.replace('…', '...')]),
  ];
}

function leakText(leak: HeapLeak, language: Language, style: TextStyle): string[] {
  const { kind, lost } = leak;
  const more = lost.blocks === 0 ? '' : `, ${SAYS.and[language]} ${amount(lost, language)}`;
  const head = `${KINDS[kind][language]}: ${amount(leak, language)}${more}`;
  const calls = leak.calls.flatMap(({ at }) => wrap(placeText(at), style.width - 4));
  return [
    '',
    ...wrap(head, style.width - 2).map((line) => `  ${line}`),
    ...calls.map((line) => `    ${line}`),
  ];
}
