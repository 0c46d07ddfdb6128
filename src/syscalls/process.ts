/** The ends of tasks, their numbers, sessions and process groups. */
import {
  exitGroup,
  exitTask,
  type Kernel,
  membersOf,
  moveTo,
  type Pgid,
  REGISTERS_REPLACED,
  type Sid,
  syscall,
  type Tgid,
  type ThreadGroup,
  type Tid,
} from '../kernel/index.ts';
import { int, pointer } from './args.ts';

export const exit = syscall({
  nr: 93,
  name: 'exit',
  args: [int],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  result: 'none',
  run(k, status) {
    exitTask(k, k.task, (status & 0xff) << 8);
    return REGISTERS_REPLACED;
  },
});

export const exitGroupCall = syscall({
  nr: 94,
  name: 'exit_group',
  args: [int],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  result: 'none',
  run(k, status) {
    exitGroup(k, k.group, (status & 0xff) << 8);
    return REGISTERS_REPLACED;
  },
});

const simple = (nr: number, name: string, run: (k: Kernel) => number) =>
  syscall({ nr, name, args: [], errors: [], interrupted: 'never blocks', support: 'full', run });

export const setTidAddress = syscall({
  nr: 96,
  name: 'set_tid_address',
  args: [pointer],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr) {
    k.task.clearChildTid = addr;
    return k.task.tid;
  },
});

/** The process a pid argument means: 0 is the caller's own. */
const groupOf = (k: Kernel, pid: number): ThreadGroup | undefined =>
  pid === 0 ? k.group : (k.groups.get(pid as Tgid) ?? k.groups.get(k.tasks.get(pid as Tid)?.group as Tgid));

export const setpgid = syscall({
  nr: 154,
  name: 'setpgid',
  args: [int, int],
  errors: ['EACCES', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, pid, wanted) {
    const pgid = (wanted === 0 ? (pid === 0 ? k.group.tgid : pid) : wanted) as Pgid;
    if (pgid < 0) return 'EINVAL';
    const target = pid === 0 ? k.group : k.groups.get(pid as Tgid);
    if (target === undefined || (target !== k.group && target.parent !== k.group.tgid)) return 'ESRCH';
    if (target !== k.group && target.sid !== k.group.sid) return 'EPERM';
    if (target !== k.group && target.didExec) return 'EACCES';
    if ((target.sid as number) === target.tgid) return 'EPERM';
    const joins = membersOf(k, pgid).some((group) => group.sid === k.group.sid);
    if ((pgid as number) !== target.tgid && !joins) return 'EPERM';
    moveTo(k, target, pgid, target.sid);
    return 0;
  },
});

const idOf = (nr: number, name: string, of: (group: ThreadGroup) => number) =>
  syscall({
    nr,
    name,
    args: [int],
    errors: ['ESRCH'],
    interrupted: 'never blocks',
    support: 'full',
    run: (k, pid) => {
      const group = groupOf(k, pid);
      return group === undefined ? 'ESRCH' : of(group);
    },
  });

export const setsid = syscall({
  nr: 157,
  name: 'setsid',
  args: [],
  errors: ['EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k) {
    const own = k.group.tgid as number;
    if (k.processGroups.has(own as Pgid)) return 'EPERM';
    moveTo(k, k.group, own as Pgid, own as Sid);
    k.group.tty = 0;
    return own;
  },
});

export const PROCESS_CALLS = [
  exit,
  exitGroupCall,
  setTidAddress,
  setpgid,
  idOf(155, 'getpgid', ({ pgid }) => pgid),
  idOf(156, 'getsid', ({ sid }) => sid),
  setsid,
  simple(172, 'getpid', (k) => k.group.tgid),
  simple(173, 'getppid', (k) => k.group.parent),
  simple(178, 'gettid', (k) => k.task.tid),
];
