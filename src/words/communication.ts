/** Words about threads, and about processes that talk to each other. */
import { entries } from './entry.ts';

export const COMMUNICATION = entries({
  thread: {
    term: { en: 'thread', ko: '스레드' },
    meaning: {
      en: 'A flow of execution in a process: its own registers and stack; memory and files are shared with the process’s other threads.',
      ko: '프로세스 안의 실행 흐름이다. 레지스터와 스택은 각자 가지고, 메모리와 파일은 같은 프로세스의 다른 스레드와 공유한다.',
    },
    see: ['process', 'clone'],
  },
  task: {
    term: { en: 'task', ko: '태스크' },
    meaning: {
      en: 'What Linux schedules: a thread. A process is a group of tasks.',
      ko: '리눅스가 스케줄링하는 단위로, 스레드이다. 프로세스는 태스크의 모임이다.',
    },
  },
  multiprocess: {
    term: { en: 'multi-process', ko: '멀티 프로세스' },
    meaning: {
      en: 'Work done by several processes: nothing shared unless asked for, and one crash ends one of them.',
      ko: '여러 프로세스로 일하는 방식이다. 자원을 공유하지 않으며 하나가 죽어도 나머지는 남는다.',
    },
    see: ['multithread'],
  },
  multithread: {
    term: { en: 'multi-thread', ko: '멀티 스레드' },
    meaning: {
      en: 'Work done by several threads of one process: little memory, easily shared, and one crash ends them all.',
      ko: '한 프로세스의 여러 스레드로 일하는 방식이다. 자원을 쉽게 공유하지만 하나가 죽으면 모두 끝난다.',
    },
    see: ['multiprocess'],
  },
  ipc: {
    term: { en: 'inter-process communication', ko: '프로세스 간 통신' },
    also: ['IPC'],
    meaning: {
      en: 'Pipes, sockets, shared memory, signals and files.',
      ko: '파이프, 소켓, 공유 메모리, 시그널, 파일로 주고받는다.',
    },
  },
  pipe: {
    term: { en: 'pipe', ko: '파이프' },
    meaning: {
      en: 'A queue of bytes in the kernel with an end to write and an end to read.',
      ko: '쓰는 끝과 읽는 끝을 가진 커널 속 바이트 큐이다.',
    },
  },
  socket: {
    term: { en: 'socket', ko: '소켓' },
    meaning: {
      en: 'An end of a connection, on the same machine or over a network.',
      ko: '같은 컴퓨터나 네트워크를 통한 연결의 끝점이다.',
    },
  },
  'shared-memory': {
    term: { en: 'shared memory', ko: '공유 메모리' },
    meaning: {
      en: 'Frames that several processes map: what one writes the others see at once.',
      ko: '여러 프로세스가 함께 매핑한 메모리이다. 하나가 쓰면 다른 쪽이 바로 본다.',
    },
  },
  'file-descriptor': {
    term: { en: 'file descriptor', ko: '파일 디스크립터' },
    meaning: {
      en: 'The small number by which a process names an open file.',
      ko: '프로세스가 열린 파일을 가리키는 작은 번호이다.',
    },
  },
  futex: {
    term: { en: 'futex', ko: '퓨텍스' },
    meaning: {
      en: 'A word of memory at which threads wait: what locks are made of.',
      ko: '스레드가 기다릴 수 있는 메모리 한 칸이다. 락의 바탕이 된다.',
    },
    see: ['mutex'],
  },
  mutex: {
    term: { en: 'mutex', ko: '뮤텍스' },
    also: ['lock', '락'],
    meaning: {
      en: 'A lock that one thread holds at a time.',
      ko: '한 번에 한 스레드만 가질 수 있는 락이다.',
    },
  },
  semaphore: {
    term: { en: 'semaphore', ko: '세마포' },
    meaning: {
      en: 'A counter: who would take it below zero waits.',
      ko: '0 아래로 내리려는 쪽이 기다리는 계수기이다.',
    },
  },
  'critical-section': {
    term: { en: 'critical section', ko: '임계 구역' },
    meaning: {
      en: 'Code that only one thread may be in at a time.',
      ko: '한 번에 한 스레드만 들어갈 수 있는 코드이다.',
    },
  },
  'race-condition': {
    term: { en: 'race condition', ko: '경쟁 상태' },
    also: ['레이스 컨디션'],
    meaning: {
      en: 'The result depends on which thread or process is faster.',
      ko: '어느 스레드나 프로세스가 먼저인지에 따라 결과가 달라지는 상태이다.',
    },
  },
  deadlock: {
    term: { en: 'deadlock', ko: '교착 상태' },
    meaning: {
      en: 'Tasks wait for each other in a circle, so that none can go on.',
      ko: '작업들이 서로를 원형으로 기다려 아무도 나아가지 못하는 상태이다.',
    },
    see: ['mutex'],
  },
});
