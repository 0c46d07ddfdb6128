/** `queues`: who is ready and in which order, who waits for what and whom, what lies in the channels between processes. */
import type { ChannelView, MachineView } from '../machine/index.ts';
import { type Language, type Text, term } from '../words/index.ts';
import { inTime, safe, type TextStyle, table, wrap } from './text.ts';
import { circleText, waitWithEnd } from './waits.ts';

const SAYS = {
  waiting: { en: 'Blocked tasks', ko: '대기 중인 작업' },
  channels: { en: 'Channels', ko: '통신로' },
  empty: { en: 'nobody', ko: '없음' },
  time: { en: 'time', ko: '시간' },
  unknown: { en: 'anybody', ko: '누구나' },
  host: { en: 'the host', ko: '호스트' },
} as const satisfies Record<string, Text>;

const KINDS: Readonly<Record<ChannelView['kind'], Text>> = {
  pipe: { en: 'pipe', ko: '파이프' },
  socket: { en: 'socket', ko: '소켓' },
  terminal: { en: 'terminal', ko: '터미널' },
  eventfd: { en: 'eventfd', ko: 'eventfd' },
  'message-queue': { en: 'message queue', ko: '메시지 큐' },
  'shared-memory': { en: 'shared memory', ko: '공유 메모리' },
  'file-lock': { en: 'file lock', ko: '파일 락' },
};

const NAMES: Readonly<Record<'who' | 'what' | 'since' | 'by' | 'ends' | 'queued', Text>> = {
  who: { en: 'TASK', ko: '작업' },
  what: { en: 'WAITS FOR', ko: '기다리는 것' },
  since: { en: 'FOR', ko: '기다린 시간' },
  by: { en: 'ENDED BY', ko: '끝낼 수 있는 쪽' },
  ends: { en: 'ENDS', ko: '끝점' },
  queued: { en: 'QUEUED', ko: '쌓인 양' },
};

/** All of it, in three parts, with deadlocks first. */
export function queuesLines(view: MachineView, language: Language, style: TextStyle): string[] {
  return [
    ...deadlocks(view, language, style),
    `${term('ready-queue', language)}: ${readyText(view) || SAYS.empty[language]}`,
    '',
    SAYS.waiting[language],
    ...waits(view, language, style),
    '',
    SAYS.channels[language],
    ...channels(view, language, style),
  ];
}

const readyText = ({ ready, processes }: MachineView): string => {
  const names = new Map(
    processes.flatMap(({ threads }) => threads.map(({ tid, comm }) => [tid, safe(comm)])),
  );
  return ready.map((tid) => `${names.get(tid) ?? '?'} ${tid}`).join(', ');
};

function deadlocks({ waits }: MachineView, language: Language, style: TextStyle): string[] {
  if (waits.deadlocks.length === 0) return [];
  const title = term('deadlock', language);
  const lines = waits.deadlocks.flatMap((circle) =>
    wrap(`${title}: ${circleText(circle, language)}`, style.width),
  );
  return [...lines, ''];
}

function waits({ waits, now }: MachineView, language: Language, style: TextStyle): string[] {
  const columns = [
    { head: NAMES.who[language] },
    { head: NAMES.what[language] },
    { head: NAMES.since[language], align: 'right' },
    { head: NAMES.by[language] },
  ] as const;
  const rows = waits.waits.map((wait) => [
    `${safe(wait.comm)} ${wait.tid}`,
    waitWithEnd(wait, now, language),
    inTime(Math.max(0, now - wait.since)),
    wait.by === null
      ? (wait.on === 'sleep' ? SAYS.time : SAYS.unknown)[language]
      : wait.by.join(' ') || SAYS.empty[language],
  ]);
  return table(columns, rows, style).map((line) => `  ${line}`);
}

function channels({ channels }: MachineView, language: Language, style: TextStyle): string[] {
  const columns = [
    { head: '' },
    { head: NAMES.queued[language], align: 'right' },
    { head: NAMES.ends[language] },
  ] as const;
  const rows = channels.map((channel) => [
    nameOf(channel, language),
    queuedText(channel),
    endsText(channel, language),
  ]);
  return table(columns, rows, style).map((line) => `  ${line}`);
}

const nameOf = ({ kind, id, name }: ChannelView, language: Language): string =>
  `${KINDS[kind][language]} ${id}${name === '' ? '' : ` ${safe(name)}`}`;

const queuedText = ({ queued, capacity }: ChannelView): string =>
  capacity === null ? String(queued) : `${queued}/${capacity}`;

const ARROWS = { reads: '<', writes: '>', both: '<>' } as const;

/** `pid:fd>` writes, `pid:fd<` reads. */
function endsText({ ends, isHosts }: ChannelView, language: Language): string {
  const shown = ends.map(({ pid, fd, role }) => `${pid}${fd < 0 ? '' : `:${fd}`}${ARROWS[role]}`);
  return [...shown, ...(isHosts ? [SAYS.host[language]] : [])].join(' ');
}
