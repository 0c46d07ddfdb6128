/** What a task waits for, in words. */
import { NEVER } from '../base/index.ts';
import type { Circle, TaskView, WaitView } from '../machine/index.ts';
import type { Language, Text } from '../words/index.ts';
import { hex, inTime } from './text.ts';

/** By the kernel's name of a wait. `#` stands for its number or address. */
const WAITS: Readonly<Record<string, Text>> = {
  'pipe-read': { en: 'data in pipe #', ko: '파이프 #의 데이터' },
  'pipe-write': { en: 'room in pipe #', ko: '파이프 #의 빈자리' },
  'socket-read': { en: 'data at socket #', ko: '소켓 #의 데이터' },
  'socket-write': { en: 'room at socket #', ko: '소켓 #의 빈자리' },
  accept: { en: 'a connection at socket #', ko: '소켓 #의 연결 요청' },
  connect: { en: 'socket # to accept', ko: '소켓 #의 수락' },
  'eventfd-read': { en: 'an event at eventfd #', ko: 'eventfd #의 사건' },
  'eventfd-write': { en: 'room at eventfd #', ko: 'eventfd #의 빈자리' },
  'tty-read': { en: 'input from terminal #', ko: '터미널 #의 입력' },
  'tty-write': { en: 'output on terminal #', ko: '터미널 #의 출력' },
  terminal: { en: 'the foreground of its terminal', ko: '터미널의 포그라운드' },
  'fifo-open': { en: 'the other end of FIFO #', ko: 'FIFO #의 반대쪽 끝' },
  signalfd: { en: 'a signal at signalfd #', ko: 'signalfd #의 시그널' },
  signal: { en: 'a signal', ko: '시그널' },
  sigsuspend: { en: 'a signal', ko: '시그널' },
  'inotify-read': { en: 'a change of files at inotify #', ko: 'inotify #의 파일 변화' },
  timerfd: { en: 'timer #', ko: '타이머 #' },
  disk: { en: 'the disk', ko: '디스크의 입출력 완료' },
  lease: { en: 'a lease of file #', ko: '파일 #의 임대' },
  'file-lock': { en: 'a lock of file #', ko: '파일 #의 락' },
  futex: { en: 'the lock or condition at #', ko: '#의 락이나 조건' },
  'futex-waitv': { en: 'one of the words at #', ko: '# 등의 퓨텍스' },
  'futex-pi': { en: 'the lock at #', ko: '#의 락' },
  'futex-requeue': { en: 'the condition at #', ko: '#의 조건' },
  child: { en: 'a child', ko: '자식 프로세스' },
  vfork: { en: 'its vfork child #', ko: 'vfork한 자식 #' },
  sleep: { en: 'time to pass', ko: '시간의 경과' },
  'cpu-clock': { en: 'processor time to pass', ko: 'CPU 시간의 경과' },
  pause: { en: 'its next piece of work', ko: '다음 작업 조각' },
  poll: { en: 'one of several files', ko: '여러 파일 가운데 하나' },
  epoll: { en: 'a file in epoll #', ko: 'epoll #의 파일' },
  semop: { en: 'semaphores #', ko: '세마포 #' },
  msgsnd: { en: 'room in message queue #', ko: '메시지 큐 #의 빈자리' },
  msgrcv: { en: 'a message in queue #', ko: '메시지 큐 #의 메시지' },
};

const ADDRESSES = new Set(['futex', 'futex-waitv', 'futex-pi', 'futex-requeue']);

/** What a wait is for. */
export function waitText({ on, detail }: Pick<WaitView, 'on' | 'detail'>, language: Language): string {
  const text = WAITS[on]?.[language] ?? (detail === 0 ? on : `${on} #`);
  return text.replace('#', ADDRESSES.has(on) ? hex(detail) : String(detail));
}

const UNTIL: Text = { en: 'for at most', ko: '최대' };

/** The same with its deadline, if it has one. */
export function waitWithEnd(
  wait: NonNullable<TaskView['waitsFor']>,
  now: number,
  language: Language,
): string {
  const text = waitText(wait, language);
  return wait.until >= NEVER ? text : `${text}, ${UNTIL[language]} ${inTime(Math.max(0, wait.until - now))}`;
}

/** A circle of tasks as a sentence: who waits for what that whom holds. */
export function circleText(circle: Circle, language: Language): string {
  const links = circle.map((wait, i) => {
    const next = circle[(i + 1) % circle.length]!;
    const what = waitText(wait, language);
    return language === 'ko'
      ? `${wait.tid}번 작업은 ${next.tid}번이 쥔 ${what} 대기`
      : `${wait.tid} for ${what}, held by ${next.tid}`;
  });
  return links.join('; ');
}
