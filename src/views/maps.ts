/** `maps`: an address space, its segments with their bounds, rights and pages. */
import type { PageView, PcbView, SegmentKind } from '../machine/index.ts';
import { type Language, type Text, term } from '../words/index.ts';
import { hex, safe, type TextStyle, table } from './text.ts';

const KINDS: Readonly<Record<SegmentKind, (language: Language) => string>> = {
  code: (language) => term('code-segment', language),
  'read-only-data': (language) => term('read-only-data', language),
  data: (language) => term('data-segment', language),
  bss: (language) => term('bss', language),
  heap: (language) => term('heap', language),
  stack: (language) => term('stack', language),
  'thread-stack': (language) => ({ en: 'thread stack', ko: '스레드 스택' })[language],
  'library-code': (language) => ({ en: 'library code', ko: '라이브러리 코드' })[language],
  'library-data': (language) => ({ en: 'library data', ko: '라이브러리 데이터' })[language],
  file: (language) => ({ en: 'mapped file', ko: '매핑된 파일' })[language],
  shared: (language) => term('shared-memory', language),
  anonymous: (language) => ({ en: 'anonymous', ko: '익명 메모리' })[language],
  guard: (language) => ({ en: 'guard', ko: '보호 구역' })[language],
  kernel: (language) => term('kernel', language),
};

const HEADS = {
  base: { en: 'BASE', ko: '베이스' },
  limit: { en: 'LIMIT', ko: '한계' },
  rights: { en: 'PERM', ko: '권한' },
  segment: { en: 'SEGMENT', ko: '영역' },
  resident: { en: 'RESIDENT', ko: '상주' },
  private: { en: 'PRIVATE', ko: '사유' },
  shared: { en: 'SHARED', ko: '공유' },
  cow: { en: 'COW', ko: '쓰기시복사' },
  name: { en: 'NAME', ko: '이름' },
  page: { en: 'PAGE', ko: '페이지' },
  frame: { en: 'FRAME', ko: '프레임' },
  backing: { en: 'BACKED BY', ko: '내용' },
  with: { en: 'SHARED WITH', ko: '함께 쓰는 프로세스' },
} as const satisfies Record<string, Text>;

/** The lines of the map; pages are counted. */
export function mapsLines(pcb: PcbView, language: Language, style: TextStyle): string[] {
  const right = { align: 'right' } as const;
  const columns = [
    { head: HEADS.base[language], ...right },
    { head: HEADS.limit[language], ...right },
    { head: HEADS.rights[language] },
    { head: HEADS.segment[language] },
    { head: HEADS.resident[language], ...right },
    { head: HEADS.private[language], ...right },
    { head: HEADS.shared[language], ...right },
    { head: HEADS.cow[language], ...right },
    { head: HEADS.name[language] },
  ];
  const rows = (pcb.memory?.segments ?? []).map((segment) => [
    hex(segment.start),
    hex(segment.end),
    segment.perms,
    KINDS[segment.kind](language),
    String(segment.resident),
    String(segment.private),
    String(segment.shared),
    String(segment.copyOnWrite),
    safe(segment.name),
  ]);
  return table(columns, rows, style);
}

const BACKING: Readonly<Record<PageView['backing'], Text>> = {
  anonymous: { en: 'its own', ko: '자신의 메모리' },
  file: { en: 'a file', ko: '파일' },
  shared: { en: 'shared memory', ko: '공유 메모리' },
  zero: { en: 'the page of zeros', ko: '0으로 된 페이지' },
};

/** The pages that are there, one a line. */
export function pageLines(pages: readonly PageView[], language: Language, style: TextStyle): string[] {
  const columns = [
    { head: HEADS.page[language], align: 'right' },
    { head: HEADS.frame[language], align: 'right' },
    { head: HEADS.rights[language] },
    { head: HEADS.backing[language] },
    { head: HEADS.with[language] },
  ] as const;
  const rights = ({ read, write, exec, copyOnWrite, accessed, dirty }: PageView) =>
    `${read ? 'r' : '-'}${write ? 'w' : '-'}${exec ? 'x' : '-'} ${accessed ? 'a' : '-'}${dirty ? 'd' : '-'}${copyOnWrite ? ' cow' : ''}`;
  const rows = pages.map((page) => [
    hex(page.address),
    String(page.frame),
    rights(page),
    BACKING[page.backing][language],
    page.sharedWith.join(' '),
  ]);
  return table(columns, rows, style);
}
