/** Words about states and scheduling. */
import { entries } from './entry.ts';

export const SCHEDULING = entries({
  state: {
    term: { en: 'process state', ko: '프로세스 상태' },
    meaning: {
      en: 'New, ready, running, blocked or terminated; Linux adds stopped and zombie.',
      ko: '생성, 준비, 실행, 대기, 종료 상태가 있다. 리눅스에는 정지와 좀비 상태도 있다.',
    },
    see: ['new', 'ready', 'running', 'blocked', 'terminated', 'stopped', 'zombie'],
  },
  new: {
    term: { en: 'new', ko: '생성' },
    meaning: {
      en: 'The PCB has just been made; the process has not yet been put among the ready ones.',
      ko: '이제 막 PCB를 할당받은 상태이다. 아직 준비 큐에 들어가지 않았다.',
    },
  },
  ready: {
    term: { en: 'ready', ko: '준비' },
    meaning: {
      en: 'It could run at once, but another task has the CPU.',
      ko: '당장 실행할 수 있지만 CPU를 할당받을 차례를 기다리는 상태이다.',
    },
    see: ['ready-queue', 'dispatch'],
  },
  running: {
    term: { en: 'running', ko: '실행' },
    meaning: { en: 'It has a CPU.', ko: 'CPU를 할당받아 실행 중인 상태이다.' },
  },
  blocked: {
    term: { en: 'blocked', ko: '대기' },
    also: ['waiting'],
    meaning: {
      en: 'It waits for an event: a device that finishes, data in a pipe, a lock, a time, a child.',
      ko: '사건을 기다리는 상태이다. 입출력 완료, 파이프의 데이터, 락, 시각, 자식의 종료 등을 기다린다.',
    },
    see: ['io-completion'],
  },
  stopped: {
    term: { en: 'stopped', ko: '정지' },
    meaning: {
      en: 'A signal has stopped it (Ctrl-Z) or a debugger holds it; SIGCONT lets it go on.',
      ko: '시그널(Ctrl-Z)이나 디버거가 멈춘 상태이다. SIGCONT를 받으면 계속한다.',
    },
  },
  terminated: {
    term: { en: 'terminated', ko: '종료' },
    meaning: {
      en: 'It has ended; its memory is freed, and its PCB when the parent has waited for it.',
      ko: '실행이 끝난 상태이다. 메모리는 정리되고, PCB는 부모가 기다려 준 뒤 폐기된다.',
    },
    see: ['zombie'],
  },
  partly: {
    term: { en: 'partly', ko: '일부 실행' },
    meaning: {
      en: 'In a timeline: it ran for less than half of the time that a column stands for.',
      ko: '타임라인에서 한 칸의 시간 중 절반보다 적게 실행되었음을 나타낸다.',
    },
  },
  context: {
    term: { en: 'context', ko: '문맥' },
    meaning: {
      en: 'All that must be remembered so that a task can go on later: registers, program counter, address space. It stands in the PCB.',
      ko: '나중에 실행을 재개하기 위해 기억해야 할 정보이다. 레지스터, 프로그램 카운터, 주소 공간이며 PCB에 담긴다.',
    },
    see: ['context-switch'],
  },
  'context-switch': {
    term: { en: 'context switch', ko: '문맥 교환' },
    meaning: {
      en: 'The context of one task is saved in its PCB and that of another restored; the CPU goes on with the other.',
      ko: '실행하던 작업의 문맥을 PCB에 백업하고 다른 작업의 문맥을 복구하여 CPU가 그것을 이어서 실행하는 것이다.',
    },
    see: ['context', 'overhead', 'dispatch'],
  },
  overhead: {
    term: { en: 'overhead', ko: '오버헤드' },
    meaning: {
      en: 'Time or memory that is needed beside the work itself, such as the time of context switches.',
      ko: '일 자체가 아니라 그 처리를 위해 간접적으로 드는 시간이나 메모리이다. 문맥 교환 시간이 그 예이다.',
    },
  },
  scheduler: {
    term: { en: 'scheduler', ko: '스케줄러' },
    meaning: {
      en: 'The part of the kernel that decides which ready task gets the CPU, and for how long.',
      ko: '준비 상태의 작업 가운데 무엇에 CPU를 얼마 동안 줄지 정하는 커널의 부분이다.',
    },
    see: ['policy', 'time-slice'],
  },
  policy: {
    term: { en: 'scheduling policy', ko: '스케줄링 정책' },
    meaning: {
      en: 'The rule by which the scheduler decides.',
      ko: '스케줄러가 결정을 내리는 규칙이다.',
    },
  },
  dispatch: {
    term: { en: 'dispatch', ko: '디스패치' },
    meaning: {
      en: 'A ready task gets a CPU and is running.',
      ko: '준비 상태의 작업이 CPU를 할당받아 실행 상태가 되는 것이다.',
    },
  },
  preemption: {
    term: { en: 'preemption', ko: '선점' },
    meaning: {
      en: 'The CPU is taken from a task that could go on: its time slice is over, or another must run first.',
      ko: '더 실행할 수 있는 작업에서 CPU를 빼앗는 것이다. 타임 슬라이스를 다 썼거나 먼저 실행할 작업이 있을 때 일어난다.',
    },
    see: ['timer-interrupt'],
  },
  yield: {
    term: { en: 'yield', ko: '양보' },
    meaning: {
      en: 'A task gives up the CPU although it could go on.',
      ko: '더 실행할 수 있는 작업이 스스로 CPU를 내놓는 것이다.',
    },
  },
  'timer-interrupt': {
    term: { en: 'timer interrupt', ko: '타이머 인터럽트' },
    also: ['timeout interrupt', '타임아웃 인터럽트'],
    meaning: {
      en: 'The interrupt by which a clock tells the kernel that a time slice is over. Also called timeout interrupt.',
      ko: '정해진 시간이 끝났음을 알리는 하드웨어 인터럽트이다. 타임아웃 인터럽트라고도 부른다.',
    },
    see: ['time-slice', 'preemption'],
  },
  'time-slice': {
    term: { en: 'time slice', ko: '타임 슬라이스' },
    also: ['quantum', '시간 할당량'],
    meaning: {
      en: 'How long a task may keep the CPU before the next one’s turn.',
      ko: '작업이 다음 차례로 넘기기 전까지 CPU를 쓸 수 있는 시간이다.',
    },
  },
  'ready-queue': {
    term: { en: 'ready queue', ko: '준비 큐' },
    meaning: {
      en: 'The ready tasks in the order in which they get the CPU.',
      ko: 'CPU를 받을 순서대로 줄 선 준비 상태의 작업들이다.',
    },
  },
  'io-request': {
    term: { en: 'I/O request', ko: '입출력 요청' },
    meaning: {
      en: 'A process asks a device for something and is blocked until it is done.',
      ko: '프로세스가 장치에 일을 요청하고 끝날 때까지 대기하는 것이다.',
    },
    see: ['io-completion', 'blocked'],
  },
  'io-completion': {
    term: { en: 'I/O completion interrupt', ko: '입출력 완료 인터럽트' },
    meaning: {
      en: 'The interrupt by which a device tells that it has finished; who waited for it becomes ready.',
      ko: '장치가 작업을 끝냈음을 알리는 인터럽트이다. 기다리던 프로세스는 준비 상태가 된다.',
    },
    see: ['io-request'],
  },
  'turnaround-time': {
    term: { en: 'turnaround time', ko: '반환 시간' },
    meaning: {
      en: 'From the arrival of a task to its end.',
      ko: '작업이 도착해서 끝날 때까지의 시간이다.',
    },
  },
  'waiting-time': {
    term: { en: 'waiting time', ko: '대기 시간' },
    meaning: {
      en: 'How long a task was ready without having a CPU.',
      ko: '작업이 CPU 없이 준비 상태로 있던 시간이다.',
    },
  },
  'response-time': {
    term: { en: 'response time', ko: '응답 시간' },
    meaning: {
      en: 'From the arrival of a task to its first dispatch.',
      ko: '작업이 도착해서 처음 디스패치될 때까지의 시간이다.',
    },
  },
  throughput: {
    term: { en: 'throughput', ko: '처리량' },
    meaning: {
      en: 'How many tasks end in a unit of time.',
      ko: '단위 시간에 끝나는 작업의 수이다.',
    },
  },
  fairness: {
    term: { en: 'fairness', ko: '공정성' },
    meaning: {
      en: 'How equal the shares of the CPU are; Jain’s index is 1 when all are the same.',
      ko: 'CPU 몫이 얼마나 고른지를 나타낸다. 모두 같으면 제인 지수가 1이다.',
    },
  },
  fcfs: {
    term: { en: 'first come, first served', ko: '선입 선처리' },
    also: ['FCFS', 'FIFO'],
    meaning: {
      en: 'Who is ready first runs first, until it blocks or ends.',
      ko: '먼저 준비된 작업이 먼저, 대기하거나 끝날 때까지 실행된다.',
    },
    see: ['convoy-effect'],
  },
  sjf: {
    term: { en: 'shortest job first', ko: '최단 작업 우선' },
    also: ['SJF'],
    meaning: {
      en: 'The task with the shortest expected CPU burst runs first.',
      ko: '다음 CPU 버스트가 가장 짧을 것으로 예상되는 작업이 먼저 실행된다.',
    },
  },
  srtf: {
    term: { en: 'shortest remaining time first', ko: '최소 잔여 시간 우선' },
    also: ['SRTF'],
    meaning: {
      en: 'Shortest job first, with preemption by a shorter one.',
      ko: '최단 작업 우선에 선점을 더한 것이다. 더 짧은 작업이 오면 CPU를 넘긴다.',
    },
  },
  'round-robin': {
    term: { en: 'round robin', ko: '라운드 로빈' },
    also: ['RR'],
    meaning: {
      en: 'Ready tasks take turns, each for one time slice.',
      ko: '준비된 작업들이 타임 슬라이스만큼 돌아가며 실행된다.',
    },
  },
  priority: {
    term: { en: 'priority', ko: '우선순위' },
    meaning: {
      en: 'Who has the higher one runs first.',
      ko: '높은 것이 먼저 실행된다.',
    },
    see: ['starvation', 'aging'],
  },
  mlfq: {
    term: { en: 'multi-level feedback queue', ko: '다단계 피드백 큐' },
    also: ['MLFQ'],
    meaning: {
      en: 'Queues of falling priority: who uses up its slice falls, and from time to time all are raised.',
      ko: '우선순위가 다른 여러 큐를 쓴다. 타임 슬라이스를 다 쓰면 내려가고, 주기적으로 모두 올라간다.',
    },
  },
  lottery: {
    term: { en: 'lottery scheduling', ko: '추첨 스케줄링' },
    meaning: {
      en: 'Each task holds tickets; the one whose ticket is drawn runs.',
      ko: '작업마다 추첨권을 가지며, 뽑힌 작업이 실행된다.',
    },
  },
  stride: {
    term: { en: 'stride scheduling', ko: '보폭 스케줄링' },
    meaning: {
      en: 'Lottery without chance: who has gone the shortest way runs, and then moves on by its stride.',
      ko: '우연이 없는 추첨이다. 가장 덜 나아간 작업이 실행되고 제 보폭만큼 나아간다.',
    },
  },
  fair: {
    term: { en: 'fair scheduling', ko: '공정 스케줄링' },
    also: ['CFS'],
    meaning: {
      en: 'Who has had the least weighted CPU time runs next.',
      ko: '가중 CPU 시간을 가장 적게 받은 작업이 다음에 실행된다.',
    },
  },
  eevdf: {
    term: { en: 'earliest eligible virtual deadline first', ko: '최소 가상 마감 우선' },
    also: ['EEVDF'],
    meaning: {
      en: 'Among the tasks that have not had more than their share, the one with the earliest virtual deadline runs.',
      ko: '제 몫보다 더 받지 않은 작업 가운데 가상 마감이 가장 이른 것이 실행된다.',
    },
  },
  'real-time': {
    term: { en: 'real-time scheduling', ko: '실시간 스케줄링' },
    also: ['SCHED_FIFO', 'SCHED_RR'],
    meaning: {
      en: 'Tasks with a fixed priority that go before all ordinary ones.',
      ko: '고정된 우선순위를 가져 모든 일반 작업보다 먼저 실행된다.',
    },
  },
  'convoy-effect': {
    term: { en: 'convoy effect', ko: '호위 효과' },
    meaning: {
      en: 'Short tasks queue behind a long one.',
      ko: '짧은 작업들이 긴 작업 하나 뒤에 줄 서서 기다리는 현상이다.',
    },
  },
  starvation: {
    term: { en: 'starvation', ko: '기아' },
    meaning: {
      en: 'A ready task never gets the CPU, because others always go first.',
      ko: '다른 작업에 계속 밀려 준비된 작업이 CPU를 받지 못하는 현상이다.',
    },
    see: ['aging'],
  },
  aging: {
    term: { en: 'aging', ko: '에이징' },
    meaning: {
      en: 'The longer a task waits, the higher its priority becomes.',
      ko: '오래 기다린 작업의 우선순위를 점차 높이는 방법이다.',
    },
    see: ['starvation'],
  },
  'priority-inversion': {
    term: { en: 'priority inversion', ko: '우선순위 역전' },
    meaning: {
      en: 'A task of high priority waits for a lock whose owner, of low priority, does not get the CPU.',
      ko: '높은 우선순위의 작업이 기다리는 락을 가진 낮은 우선순위의 작업이 CPU를 받지 못하는 현상이다.',
    },
  },
});
