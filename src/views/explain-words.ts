/** Deeds of the kernel in words: one table, in both languages. */
import { signalName } from '../abi/index.ts';
import type { Deed } from '../machine/index.ts';
import type { Language } from '../words/index.ts';
import { safe } from './text.ts';
import { waitText } from './waits.ts';

/** Whose deed it is. */
interface Who {
  readonly pid: number;
  readonly tid: number;
}

type Say<D> = Readonly<Record<Language, (deed: D, who: Who) => string>>;
type Of<W extends Deed['what'], D = Deed> = D extends { readonly what: infer V }
  ? W extends V
    ? D
    : never
  : never;
type Table = { readonly [W in Exclude<Deed['what'], 'called-too-early'>]: Say<Of<W>> };

export const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
const count = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

const STREAMS = {
  en: ['standard input', 'standard output', 'standard error'],
  ko: ['표준 입력', '표준 출력', '표준 오류'],
} as const;

/** Kinds of open files, by the kernel's name. */
const FILES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    regular: 'files',
    pipe: 'a pipe',
    socket: 'a socket',
    tty: 'the terminal',
    device: 'a device',
    eventfd: 'an eventfd',
  },
  ko: {
    regular: '파일',
    pipe: '파이프',
    socket: '소켓',
    tty: '터미널',
    device: '장치',
    eventfd: 'eventfd',
  },
};

const place = ({ fd, type }: Of<'read' | 'write'>, language: Language): string =>
  fd === null ? (FILES[language][type] ?? type) : STREAMS[language][fd]!;

const ended = (status: number, language: Language): string => {
  const signo = status & 0x7f;
  if (language === 'ko')
    return signo === 0 ? `종료 상태 ${(status >> 8) & 0xff}` : `시그널 ${signalName(signo)}`;
  return signo === 0 ? `status ${(status >> 8) & 0xff}` : `killed by ${signalName(signo)}`;
};

/** What Python waits for, beyond the kernel's own names of waits. */
const WAITS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'thread-end': { en: 'the end of a thread', ko: '스레드의 종료' },
  'thread-begin': { en: 'the new thread to begin', ko: '새 스레드의 시작' },
  lock: { en: 'a lock', ko: '락' },
  child: { en: 'the end of a child', ko: '자식 프로세스의 종료' },
};
const waitsFor = ({ on, detail }: Of<'wait'>, language: Language): string =>
  WAITS[on]?.[language] ?? waitText({ on, detail }, language);

const HANGUL = 0xac00;
/** Digits that end in a consonant when they are read: 영, 일, 삼, 육, 칠, 팔. */
const CLOSED_DIGITS = /[013678]$/;

/** Korean: with the particle of an object, 을 behind a consonant and 를 behind a vowel. */
export function withObject(text: string): string {
  const last = text.charCodeAt(text.length - 1) - HANGUL;
  const isHangul = last >= 0 && last <= 0xd7a3 - HANGUL;
  if (isHangul) return text + (last % 28 === 0 ? '를' : '을');
  return text + (CLOSED_DIGITS.test(text) ? '을' : /\d$/.test(text) ? '를' : '을(를)');
}

const SAYS: Table = {
  fork: {
    en: ({ child, pages, copyOnWrite, isVfork }, { pid }) =>
      isVfork
        ? `fork: child ${child} is born from ${pid}, in its memory until it executes a program`
        : `fork: child ${child} is born from ${pid}, sharing ${count(pages, 'page')} (the next write copies ${grouped(copyOnWrite)} of them)`,
    ko: ({ child, pages, copyOnWrite, isVfork }, { pid }) =>
      isVfork
        ? `fork: ${pid}번 프로세스에서 자식 ${child}번이 태어나, 다른 프로그램을 실행할 때까지 부모의 메모리에서 실행된다`
        : `fork: ${pid}번 프로세스에서 자식 ${child}번이 태어나, 페이지 ${grouped(pages)}개를 함께 쓴다(그중 ${grouped(copyOnWrite)}개는 다음에 쓸 때 복사)`,
  },
  thread: {
    en: ({ child }, { pid }) =>
      `clone: thread ${child} begins in process ${pid}, with the same memory and files`,
    ko: ({ child }, { pid }) =>
      `clone: ${pid}번 프로세스에 스레드 ${child}번이 생겨, 메모리와 파일을 함께 쓴다`,
  },
  exec: {
    en: ({ path }, { pid }) => `exec: ${pid} now runs ${safe(path)}`,
    ko: ({ path }, { pid }) => `exec: ${pid}번 프로세스의 프로그램이 바뀐다: ${safe(path)}`,
  },
  exit: {
    en: ({ status, isThread }, { pid, tid }) =>
      isThread ? `thread ${tid} ends` : `process ${pid} ends (${ended(status, 'en')})`,
    ko: ({ status, isThread }, { pid, tid }) =>
      isThread ? `스레드 ${tid}번이 종료된다` : `${pid}번 프로세스가 종료된다(${ended(status, 'ko')})`,
  },
  reap: {
    en: ({ child, status }) =>
      `wait: child ${child} has ended (${ended(status, 'en')}), and its PCB is dropped`,
    ko: ({ child, status }) =>
      `wait: 자식 ${child}번의 종료 상태를 거두고(${ended(status, 'ko')}) PCB를 폐기한다`,
  },
  wait: {
    en: (deed) => `blocks: waits for ${waitsFor(deed, 'en')}`,
    ko: (deed) => `${withObject(waitsFor(deed, 'ko'))} 기다리며 대기 상태가 된다`,
  },
  sent: {
    en: ({ signo, to }) => `sends ${signalName(signo)} to ${to}`,
    ko: ({ signo, to }) => `${to}번에 시그널을 보낸다(${signalName(signo)})`,
  },
  signal: {
    en: ({ signo, from }) => `takes ${signalName(signo)}${from === 0 ? '' : ` from ${from}`}`,
    ko: ({ signo, from }) => `${from === 0 ? '' : `${from}번이 보낸 `}시그널을 받는다(${signalName(signo)})`,
  },
  read: {
    en: (deed) => `reads ${count(deed.bytes, 'byte')} from ${place(deed, 'en')}`,
    ko: (deed) => `${place(deed, 'ko')}에서 ${grouped(deed.bytes)}바이트를 읽는다`,
  },
  write: {
    en: (deed) => `writes ${count(deed.bytes, 'byte')} to ${place(deed, 'en')}`,
    ko: (deed) => `${place(deed, 'ko')}에 ${grouped(deed.bytes)}바이트를 쓴다`,
  },
  open: {
    en: ({ type, path, times }) =>
      type === 'regular' && times === 1
        ? `opens ${safe(path)}`
        : (OPENED[type]?.en(times) ?? `opens ${safe(path)}`),
    ko: ({ type, path, times }) =>
      type === 'regular' && times === 1
        ? `파일을 연다: ${safe(path)}`
        : (OPENED[type]?.ko(times) ?? `연다: ${safe(path)}`),
  },
  'shared-memory': {
    en: ({ bytes }) => `maps ${count(bytes, 'byte')} of shared memory`,
    ko: ({ bytes }) => `공유 메모리 ${grouped(bytes)}바이트를 만든다`,
  },
  copied: {
    en: ({ pages }) => `${count(pages, 'page')} copied on write`,
    ko: ({ pages }) => `쓰기 시 복사된 페이지 ${grouped(pages)}개`,
  },
  switched: {
    en: ({ times }) => count(times, 'context switch', 'context switches'),
    ko: ({ times }) => `문맥 교환 ${grouped(times)}회`,
  },
};

/** Several of a kind; both ends of a pipe are opened at once. */
const OPENED: Readonly<Record<string, Readonly<Record<Language, (times: number) => string>>>> = {
  regular: { en: (n) => `opens ${count(n, 'file')}`, ko: (n) => `파일 ${grouped(n)}개를 연다` },
  pipe: {
    en: (n) => `makes ${count(Math.ceil(n / 2), 'pipe')}`,
    ko: (n) => `파이프 ${grouped(Math.ceil(n / 2))}개를 만든다`,
  },
  socket: { en: (n) => `opens ${count(n, 'socket')}`, ko: (n) => `소켓 ${grouped(n)}개를 연다` },
};

/** A deed as a clause; null for what is told in sentences of its own. */
export function deedText(deed: Deed, who: Who, language: Language): string | null {
  if (deed.what === 'called-too-early') return null;
  const say = SAYS[deed.what][language] as (deed: Deed, who: Who) => string;
  return say(deed, who);
}

/** The slip `target=f()`, for what it is. */
export function slipText(slip: Of<'called-too-early'>, { pid }: Who, language: Language): string {
  const name = safe(slip.function);
  const isProcess = slip.starts === 'Process';
  if (language === 'ko') {
    const here = slip.wasSeen
      ? `\`${name}\` 함수는 여기 ${pid}번 프로세스에서 바로 실행되었다`
      : `이 줄은 \`${name}\` 함수를 여기 ${pid}번 프로세스에서 바로 호출한다`;
    const one = isProcess ? '자식 프로세스' : '새 스레드';
    return `target=${name}()의 괄호는 함수를 먼저 호출한다. ${here}. ${one}에는 그 결과인 None이 넘어가므로 할 일이 없다. target=${name}처럼 괄호 없이 써야 한다.`;
  }
  const here = slip.wasSeen
    ? `${name} ran right here, in process ${pid}`
    : `this line calls ${name} right here, in process ${pid}`;
  const one = isProcess ? 'child process' : 'new thread';
  return `The brackets in target=${name}() call the function first: ${here}. The ${one} is given its result, None, and has nothing to do. Write target=${name}, without brackets.`;
}
