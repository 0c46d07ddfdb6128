/** `pcb`: the process control block, part by part as the textbook lists it. */
import { signalName } from '../abi/index.ts';
import type { PcbView } from '../machine/index.ts';
import { type Language, type Text, term } from '../words/index.ts';
import { placeText } from './place.ts';
import { facts, hex, inKib, inTime, safe, type TextStyle } from './text.ts';
import { waitWithEnd } from './waits.ts';

type Fact = readonly [name: string, value: string];

const SAYS = {
  identity: { en: 'Identity', ko: '식별 정보' },
  registers: { en: 'Registers', ko: '레지스터' },
  scheduling: { en: 'Scheduling', ko: 'CPU 스케줄링 정보' },
  memory: { en: 'Memory', ko: '메모리 관리 정보' },
  files: { en: 'Open files and devices', ko: '열린 파일과 입출력장치' },
  signals: { en: 'Signals', ko: '시그널' },
  family: { en: 'Family', ko: '가족 관계' },
  stack: { en: 'Stack, innermost call first', ko: '스택 (안쪽 호출부터)' },
  python: { en: 'Python calls, innermost first', ko: '파이썬 호출 (안쪽부터)' },
  calls: { en: 'Last system calls', ko: '최근 시스템 호출' },
  none: { en: 'none', ko: '없음' },
  since: { en: 'since', ko: '시작 시각' },
  pc: { en: 'program counter', ko: '프로그램 카운터' },
} as const satisfies Record<string, Text>;

const NAMES = {
  program: { en: 'program', ko: '프로그램' },
  command: { en: 'command line', ko: '명령줄' },
  user: { en: 'user', ko: '사용자' },
  waits: { en: 'waits for', ko: '기다리는 것' },
  exit: { en: 'exit status', ko: '종료 상태 값' },
  policy: { en: 'policy', ko: '정책' },
  decided: { en: 'decided by', ko: '결정하는 정책' },
  slice: { en: 'slice left', ko: '남은 타임 슬라이스' },
  vruntime: { en: 'virtual run time', ko: '가상 실행 시간' },
  dispatched: { en: 'times dispatched', ko: '디스패치 횟수' },
  preempted: { en: 'times preempted', ko: '선점된 횟수' },
  blocked: { en: 'times blocked', ko: '대기한 횟수' },
  times: { en: 'user, system time', ko: '사용자, 커널 시간' },
  waiting: { en: 'ready, blocked time', ko: '준비, 대기 시간' },
  tables: { en: 'page table', ko: '페이지 테이블' },
  pages: { en: 'pages', ko: '페이지' },
  faults: { en: 'page faults', ko: '페이지 폴트' },
  directory: { en: 'directory', ko: '현재 디렉터리' },
  pending: { en: 'pending', ko: '도착한 시그널' },
  masked: { en: 'blocked', ko: '막은 시그널' },
  ignored: { en: 'ignored', ko: '무시하는 시그널' },
  caught: { en: 'handled', ko: '처리하는 시그널' },
  parent: { en: 'parent', ko: '부모' },
  children: { en: 'children', ko: '자식' },
  threads: { en: 'threads', ko: '스레드' },
} as const satisfies Record<string, Text>;

const STATES = {
  new: 'new',
  ready: 'ready',
  running: 'running',
  blocked: 'blocked',
  stopped: 'stopped',
  zombie: 'zombie',
  dead: 'terminated',
} as const;

/** The lines of a PCB as it is at a moment. */
export function pcbLines(pcb: PcbView, now: number, language: Language, style: TextStyle): string[] {
  const say = (text: Text) => text[language];
  const list = (items: readonly (string | number)[]) => items.join(' ') || say(SAYS.none);
  const part = (title: Text, entries: readonly Fact[]) =>
    entries.length === 0
      ? []
      : ['', say(title), ...facts(entries, { ...style, width: style.width - 2 }).map((line) => `  ${line}`)];
  const head = `${term('pcb', language)}: ${safe(pcb.comm)} ${pcb.ids.tid}`;
  return [
    head,
    ...part(SAYS.identity, identity(pcb, now, language)),
    ...part(SAYS.registers, registers(pcb, language)),
    ...part(
      SAYS.stack,
      pcb.frames.map(({ pc, at }, i) => [`#${i}`, `${hex(pc)} ${placeText(at)}`]),
    ),
    ...part(
      SAYS.python,
      pcb.python.map((frame) => [safe(frame.function), `${safe(frame.file)}:${frame.line ?? '?'}`]),
    ),
    ...part(SAYS.scheduling, scheduling(pcb, language)),
    ...part(SAYS.memory, memory(pcb, language)),
    ...part(
      SAYS.files,
      pcb.files.map(({ fd, path, kind }) => [`fd ${fd}`, `${safe(path)} (${kind})`]),
    ),
    ...part(SAYS.signals, [
      [say(NAMES.pending), list(pcb.signals.pending)],
      [say(NAMES.masked), list(pcb.signals.blocked)],
      [say(NAMES.ignored), list(pcb.signals.ignored)],
      [say(NAMES.caught), list(pcb.signals.caught)],
    ]),
    ...part(SAYS.family, [
      [say(NAMES.parent), String(pcb.ids.ppid)],
      [say(NAMES.children), list(pcb.children)],
      [say(NAMES.threads), list(pcb.threads)],
    ]),
    ...part(
      SAYS.calls,
      pcb.lastCalls.map(({ at, text }) => [inTime(at), safe(text)]),
    ),
  ];
}

function identity(pcb: PcbView, now: number, language: Language): Fact[] {
  const { pid, tid, ppid, pgid, sid, uid, gid } = pcb.ids;
  return [
    ['PID, TID', `${pid}, ${tid}`],
    ['PPID, PGID, SID', `${ppid}, ${pgid}, ${sid}`],
    [NAMES.user[language], `uid ${uid}, gid ${gid}`],
    [NAMES.program[language], safe(pcb.executable)],
    [NAMES.command[language], safe(pcb.argv.join(' '))],
    [
      term('state', language),
      `${term(STATES[pcb.state], language)}, ${SAYS.since[language]} ${inTime(pcb.since)}`,
    ],
    ...(pcb.waitsFor === null
      ? []
      : [[NAMES.waits[language], waitWithEnd(pcb.waitsFor, now, language)] as const]),
    ...(pcb.exitStatus < 0 ? [] : [[NAMES.exit[language], statusText(pcb.exitStatus)] as const]),
  ];
}

const statusText = (status: number): string =>
  (status & 0x7f) === 0 ? String(status >> 8) : signalName(status & 0x7f);

const PER_LINE = 3;

function registers({ registers, at }: PcbView, language: Language): Fact[] {
  if (registers === null) return [];
  const place = at === null ? '' : ` ${placeText(at)}`;
  const names = Object.entries(registers.x);
  const rows: Fact[] = [];
  for (let i = 0; i < names.length; i += PER_LINE)
    rows.push([
      names[i]![0],
      names
        .slice(i, i + PER_LINE)
        .map(([name, value], at) => (at === 0 ? value : `${name.padEnd(3)} ${value}`))
        .join('  '),
    ]);
  return [[SAYS.pc[language], `${registers.pc}${place}`], ...rows];
}

/** Policies that go by it. */
const VRUNTIMES = new Set(['fair', 'eevdf', 'stride']);

function scheduling({ scheduling, times }: PcbView, language: Language): Fact[] {
  const { policy, decidedBy, own, nice, priority, sliceLeft, dispatched, preempted, blocked, cpu } =
    scheduling;
  const remembered = Object.entries(own).map(([name, value]) => `${safe(name)} ${safe(String(value))}`);
  return [
    [
      NAMES.policy[language],
      `${policy}, nice ${nice}, ${term('priority', language)} ${priority}, CPU ${cpu}`,
    ],
    [NAMES.decided[language], [safe(decidedBy), remembered.join(', ')].filter(Boolean).join(': ')],
    [NAMES.slice[language], inTime(sliceLeft)],
    ...(VRUNTIMES.has(decidedBy) ? [[NAMES.vruntime[language], inTime(scheduling.vruntime)] as Fact] : []),
    [NAMES.dispatched[language], String(dispatched)],
    [NAMES.preempted[language], String(preempted)],
    [NAMES.blocked[language], String(blocked)],
    [NAMES.times[language], `${inTime(times.user)}, ${inTime(times.system)}`],
    [NAMES.waiting[language], `${inTime(times.waiting)}, ${inTime(times.blocked)}`],
  ];
}

const BOUNDS = { code: 'code-segment', data: 'data-segment', heap: 'heap', stack: 'stack' } as const;

function memory({ memory, cwd }: PcbView, language: Language): Fact[] {
  const directory: Fact = [NAMES.directory[language], safe(cwd)];
  if (memory === null) return [directory];
  const { root, tableBytes, entries, residentPages, privatePages, sharedPages, copyOnWritePages } = memory;
  const count = (word: 'resident' | 'private' | 'shared' | 'copy-on-write', pages: number) =>
    `${term(word, language)} ${pages}`;
  return [
    ...memory.bounds.map(
      ({ kind, base, limit }): Fact => [
        term(BOUNDS[kind], language),
        `${hex(base)} – ${hex(limit)} (${inKib(limit - base)})`,
      ],
    ),
    [
      NAMES.tables[language],
      `${term('frame', language)} ${root}, ${entries} ${language === 'ko' ? '항목' : 'entries'}, ${inKib(tableBytes)}`,
    ],
    [
      NAMES.pages[language],
      [
        count('resident', residentPages),
        count('private', privatePages),
        count('shared', sharedPages),
        count('copy-on-write', copyOnWritePages),
      ].join(', '),
    ],
    [NAMES.faults[language], `${memory.minorFaults} minor, ${memory.majorFaults} major`],
    directory,
  ];
}
