/** Words about processes: what they are, how they live, where they come from. */
import { entries } from './entry.ts';

export const PROCESSES = entries({
  program: {
    term: { en: 'program', ko: '프로그램' },
    meaning: {
      en: 'A file with instructions and data. Until it is loaded into memory and run it does nothing.',
      ko: '명령어와 데이터가 든 파일이다. 메모리에 적재되어 실행되기 전까지는 아무 일도 하지 않는다.',
    },
    see: ['process'],
  },
  process: {
    term: { en: 'process', ko: '프로세스' },
    meaning: {
      en: 'A program in execution: an address space, open files, a process ID, and one or more threads.',
      ko: '실행 중인 프로그램이다. 주소 공간, 열린 파일, 프로세스 ID와 하나 이상의 스레드를 가진다.',
    },
    see: ['program', 'pcb', 'thread'],
  },
  pcb: {
    term: { en: 'process control block', ko: '프로세스 제어 블록' },
    also: ['PCB'],
    meaning: {
      en: 'The record the kernel keeps for each process: IDs, registers, state, scheduling and memory information, open files and devices. Made when the process is created, dropped when its parent has waited for it.',
      ko: '커널이 프로세스마다 두는 자료구조이다. 식별자, 레지스터, 상태, 스케줄링과 메모리 정보, 열린 파일과 장치를 담는다. 프로세스가 생성될 때 만들어지고, 종료 뒤 부모가 기다려 주면 폐기된다.',
    },
    see: ['process', 'context', 'context-switch'],
  },
  pid: {
    term: { en: 'process ID', ko: '프로세스 ID' },
    also: ['PID'],
    meaning: {
      en: 'The number that tells a process from all others. The same program started twice has two.',
      ko: '프로세스를 식별하는 고유한 번호이다. 같은 프로그램을 두 번 실행하면 PID가 다른 두 프로세스가 생긴다.',
    },
  },
  ppid: {
    term: { en: 'parent process ID', ko: '부모 프로세스 ID' },
    also: ['PPID'],
    meaning: {
      en: 'The process ID of the parent; of init after the parent has ended.',
      ko: '부모 프로세스의 PID이다. 부모가 먼저 끝나면 init의 PID가 된다.',
    },
    see: ['parent', 'orphan'],
  },
  parent: {
    term: { en: 'parent process', ko: '부모 프로세스' },
    meaning: {
      en: 'The process that made another one.',
      ko: '다른 프로세스를 생성한 프로세스이다.',
    },
    see: ['child', 'fork'],
  },
  child: {
    term: { en: 'child process', ko: '자식 프로세스' },
    meaning: {
      en: 'A process that another one made.',
      ko: '다른 프로세스에 의해 생성된 프로세스이다.',
    },
    see: ['parent', 'fork'],
  },
  'process-tree': {
    term: { en: 'process tree', ko: '프로세스 계층 구조' },
    meaning: {
      en: 'All processes by parent and child, from the first process down.',
      ko: '최초의 프로세스에서 시작해 부모와 자식으로 이어지는 모든 프로세스의 계층이다.',
    },
    see: ['init'],
  },
  init: {
    term: { en: 'init', ko: 'init' },
    also: ['the first process', '최초의 프로세스'],
    meaning: {
      en: 'The first process, with PID 1: it starts the others and adopts orphans. Unix calls it init; on most Linux systems it is systemd, on macOS launchd.',
      ko: 'PID가 1인 최초의 프로세스이다. 다른 프로세스를 시작하고 고아 프로세스를 맡는다. 유닉스에서는 init, 대부분의 리눅스에서는 systemd, macOS에서는 launchd라고 한다.',
    },
    see: ['systemd', 'launchd', 'orphan'],
  },
  systemd: {
    term: { en: 'systemd', ko: 'systemd' },
    meaning: {
      en: 'The first process of most Linux systems.',
      ko: '대부분의 리눅스에서 최초의 프로세스이다.',
    },
    see: ['init'],
  },
  launchd: {
    term: { en: 'launchd', ko: 'launchd' },
    meaning: { en: 'The first process of macOS.', ko: 'macOS의 최초의 프로세스이다.' },
    see: ['init'],
  },
  orphan: {
    term: { en: 'orphan process', ko: '고아 프로세스' },
    meaning: {
      en: 'A process whose parent has ended before it; init, or a subreaper, becomes its parent.',
      ko: '부모가 먼저 종료된 프로세스이다. init이나 subreaper가 새 부모가 된다.',
    },
    see: ['init', 'zombie'],
  },
  zombie: {
    term: { en: 'zombie', ko: '좀비 프로세스' },
    meaning: {
      en: 'A process that has ended but whose parent has not yet asked how: of it only the PCB with its exit status is left.',
      ko: '종료되었지만 부모가 아직 종료 상태를 거두지 않은 프로세스이다. 종료 상태가 든 PCB만 남아 있다.',
    },
    see: ['wait', 'orphan'],
  },
  foreground: {
    term: { en: 'foreground process', ko: '포그라운드 프로세스' },
    meaning: {
      en: 'A process of the group that may read from the terminal: the one the user sees and talks to.',
      ko: '터미널에서 입력을 받을 수 있는 그룹의 프로세스이다. 사용자가 보는 앞에서 실행된다.',
    },
    see: ['background'],
  },
  background: {
    term: { en: 'background process', ko: '백그라운드 프로세스' },
    meaning: {
      en: 'A process that runs while another has the terminal. It may still write to the user; if it reads, it is stopped.',
      ko: '다른 프로세스가 터미널을 쓰는 동안 뒤에서 실행되는 프로세스이다. 사용자에게 출력할 수는 있지만 입력을 읽으려 하면 정지된다.',
    },
    see: ['foreground', 'daemon'],
  },
  daemon: {
    term: { en: 'daemon', ko: '데몬' },
    meaning: {
      en: 'A background process without a terminal that does its work on its own. Windows calls it a service.',
      ko: '터미널 없이 정해진 일만 하는 백그라운드 프로세스이다. 윈도우에서는 서비스라고 부른다.',
    },
    see: ['service', 'background'],
  },
  service: {
    term: { en: 'service', ko: '서비스' },
    meaning: {
      en: 'What Windows calls a daemon.',
      ko: '윈도우에서 데몬을 부르는 이름이다.',
    },
    see: ['daemon'],
  },
  fork: {
    term: { en: 'fork', ko: 'fork' },
    meaning: {
      en: 'Makes a child process as a copy of the caller. Memory is copied on write; open files are shared with their offsets.',
      ko: '호출한 프로세스를 복사해 자식 프로세스를 만든다. 메모리는 쓰기 시 복사되고, 열린 파일은 오프셋까지 함께 쓴다.',
    },
    see: ['copy-on-write', 'exec', 'clone'],
  },
  exec: {
    term: { en: 'exec', ko: 'exec' },
    meaning: {
      en: 'Replaces the program of a process: a new address space, the same PID, the same open files but those marked close-on-exec.',
      ko: '프로세스의 프로그램을 바꾼다. 주소 공간은 새로 만들어지고 PID와 열린 파일(close-on-exec 제외)은 그대로다.',
    },
    see: ['fork'],
  },
  clone: {
    term: { en: 'clone', ko: 'clone' },
    meaning: {
      en: 'The system call behind fork and behind new threads: its flags say what parent and child share.',
      ko: 'fork와 스레드 생성의 바탕이 되는 시스템 호출이다. 플래그가 무엇을 공유할지 정한다.',
    },
    see: ['fork', 'thread'],
  },
  wait: {
    term: { en: 'wait', ko: 'wait' },
    meaning: {
      en: 'The parent asks how a child ended; the kernel then drops the child’s PCB (the child is reaped).',
      ko: '부모가 자식의 종료 상태를 거두는 호출이다. 그 뒤 커널은 자식의 PCB를 폐기한다.',
    },
    see: ['zombie'],
  },
  'exit-status': {
    term: { en: 'exit status', ko: '종료 상태 값' },
    meaning: {
      en: 'How a process ended: the number it gave to exit, or the signal that ended it.',
      ko: '프로세스가 어떻게 끝났는지를 나타낸다. exit에 준 수, 또는 프로세스를 끝낸 시그널이다.',
    },
    see: ['wait'],
  },
  session: {
    term: { en: 'session', ko: '세션' },
    meaning: {
      en: 'Process groups that began with one login; they share a controlling terminal.',
      ko: '하나의 로그인에서 시작된 프로세스 그룹들이다. 제어 터미널을 함께 쓴다.',
    },
    see: ['process-group'],
  },
  'process-group': {
    term: { en: 'process group', ko: '프로세스 그룹' },
    meaning: {
      en: 'Processes that get signals from the terminal together: a job of the shell.',
      ko: '터미널의 시그널을 함께 받는 프로세스들이다. 셸의 작업 하나에 해당한다.',
    },
    see: ['session', 'foreground'],
  },
  signal: {
    term: { en: 'signal', ko: '시그널' },
    meaning: {
      en: 'A short message to a process or thread: it is handled, ignored, or ends, stops or continues the process.',
      ko: '프로세스나 스레드에 보내는 짧은 알림이다. 처리하거나 무시하며, 프로세스를 끝내거나 멈추거나 계속하게 한다.',
    },
  },
  'system-call': {
    term: { en: 'system call', ko: '시스템 호출' },
    meaning: {
      en: 'How a program asks the kernel for something; on RISC-V by the instruction ecall.',
      ko: '프로그램이 커널에 일을 부탁하는 방법이다. RISC-V에서는 ecall 명령어를 쓴다.',
    },
    see: ['kernel'],
  },
  kernel: {
    term: { en: 'kernel', ko: '커널' },
    meaning: {
      en: 'The part of an operating system that runs processes and keeps them apart.',
      ko: '프로세스를 실행하고 서로 분리하는 운영체제의 핵심이다.',
    },
  },
});
