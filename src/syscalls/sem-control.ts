/** semctl(2): values and owners of System V semaphores. */
import type { Errno } from '../abi/index.ts';
import {
  countWaiting,
  destroySet,
  highestIndex,
  IPC,
  type Kernel,
  mayControl,
  mayUse,
  SEMVMX,
  type SemSet,
  semSetOf,
  syscall,
  totalSemaphores,
  update,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, oneOf, pointer } from './args.ts';
import { applyPerm, PERM_SIZE, readPerm, Struct } from './ipc-perm.ts';

const { IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO } = IPC;
const CMD = {
  GETPID: 11,
  GETVAL: 12,
  GETALL: 13,
  GETNCNT: 14,
  GETZCNT: 15,
  SETVAL: 16,
  SETALL: 17,
  SEM_STAT: 18,
  SEM_INFO: 19,
  SEM_STAT_ANY: 20,
};
/** Linux: SEMUSZ, the size that undo structures once had. */
const SEMUSZ = 20;

function info(k: Kernel, addr: number, cmd: number): Outcome {
  const { semmni, semmns, semmsl, semopm } = k.ipc.limits;
  const uses = cmd === CMD.SEM_INFO;
  const last = uses ? [k.ipc.sets.used, SEMVMX, totalSemaphores(k)] : [SEMUSZ, SEMVMX, SEMVMX];
  const fields = [semmns, semmni, semmns, semmns, semmsl, semopm, semopm, ...last];
  return new Struct(40).u32(0, ...fields).give(k, addr) ? highestIndex(k.ipc.sets) : 'EFAULT';
}

function stat(k: Kernel, id: number, addr: number, cmd: number): Outcome {
  const byIndex = cmd !== IPC_STAT;
  const set = byIndex ? (k.ipc.sets.slots[id] ?? undefined) : semSetOf(k, id);
  if (set === undefined) return 'EINVAL';
  if (cmd !== CMD.SEM_STAT_ANY && !mayUse(k, set.perm, 0o444)) return 'EACCES';
  const { perm, operated, changed, values } = set;
  const given = new Struct(88).perm(perm).u64(PERM_SIZE, operated, changed, values.length).give(k, addr);
  if (!given) return 'EFAULT';
  return byIndex ? perm.id : 0;
}

/** A value that is set leaves nothing to take back. */
function assign(k: Kernel, set: SemSet, index: number, value: number): void {
  for (const list of set.undos.values()) list[index] = 0;
  set.values[index] = value;
  set.pids[index] = k.group.tgid;
}

function setValue(k: Kernel, set: SemSet, index: number, value: number): Outcome {
  if (!mayUse(k, set.perm, 0o222)) return 'EACCES';
  assign(k, set, index, value);
  set.changed = k.wall().sec;
  update(k, set, [index]);
  return 0;
}

function setAll(k: Kernel, set: SemSet, addr: number): Outcome {
  if (!mayUse(k, set.perm, 0o222)) return 'EACCES';
  const bytes = new Uint8Array(set.values.length * 2);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  const values = set.values.map((_, i) => view.getUint16(2 * i, true));
  if (values.some((value) => value > SEMVMX)) return 'ERANGE';
  for (const [index, value] of values.entries()) assign(k, set, index, value);
  set.changed = k.wall().sec;
  update(k, set, values.keys());
  return 0;
}

function getAll(k: Kernel, set: SemSet, addr: number): Outcome {
  if (!mayUse(k, set.perm, 0o444)) return 'EACCES';
  const bytes = new Uint8Array(set.values.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of set.values.entries()) view.setUint16(2 * i, value, true);
  return k.user.copyOut(addr, bytes) ? 0 : 'EFAULT';
}

/** What one semaphore tells. */
const ASKS: Readonly<Record<number, (set: SemSet, index: number) => number>> = {
  [CMD.GETPID]: ({ pids }, index) => pids[index]!,
  [CMD.GETVAL]: ({ values }, index) => values[index]!,
  [CMD.GETNCNT]: (set, index) => countWaiting(set, index, false),
  [CMD.GETZCNT]: (set, index) => countWaiting(set, index, true),
};

/** Commands about the values. `arg` is the union semun as a word. */
function main(k: Kernel, id: number, index: number, cmd: number, arg: number): Outcome {
  const value = arg | 0;
  if (cmd === CMD.SETVAL && (value < 0 || value > SEMVMX)) return 'ERANGE';
  const set = semSetOf(k, id);
  if (set === undefined) return 'EINVAL';
  if (cmd === CMD.GETALL) return getAll(k, set, arg);
  if (cmd === CMD.SETALL) return setAll(k, set, arg);
  const isThere = index >= 0 && index < set.values.length;
  if (cmd === CMD.SETVAL) return isThere ? setValue(k, set, index, value) : 'EINVAL';
  if (!mayUse(k, set.perm, 0o444)) return 'EACCES';
  return isThere ? ASKS[cmd]!(set, index) : 'EINVAL';
}

function setOwner(k: Kernel, id: number, addr: number): 0 | Errno {
  const wish = readPerm(k, addr, PERM_SIZE);
  if (wish === 'EFAULT') return wish;
  const set = semSetOf(k, id);
  if (set === undefined) return 'EINVAL';
  const error = applyPerm(k, set.perm, wish.perm);
  if (error === 0) set.changed = k.wall().sec;
  return error;
}

function remove(k: Kernel, id: number): 0 | Errno {
  const set = semSetOf(k, id);
  if (set === undefined) return 'EINVAL';
  if (!mayControl(k, set.perm)) return 'EPERM';
  destroySet(k, set);
  return 0;
}

type Control = (k: Kernel, id: number, index: number, cmd: number, arg: number) => Outcome;
const statOf: Control = (k, id, _index, cmd, arg) => stat(k, id, arg, cmd);
const infoOf: Control = (k, _id, _index, cmd, arg) => info(k, arg, cmd);

const CONTROL: Readonly<Record<number, Control>> = {
  [IPC_RMID]: (k, id) => remove(k, id),
  [IPC_SET]: (k, id, _index, _cmd, arg) => setOwner(k, id, arg),
  [IPC_STAT]: statOf,
  [CMD.SEM_STAT]: statOf,
  [CMD.SEM_STAT_ANY]: statOf,
  [IPC_INFO]: infoOf,
  [CMD.SEM_INFO]: infoOf,
  ...Object.fromEntries(
    (['GETPID', 'GETVAL', 'GETALL', 'GETNCNT', 'GETZCNT', 'SETVAL', 'SETALL'] as const).map((name) => [
      CMD[name],
      main,
    ]),
  ),
};

export const semctl = syscall({
  nr: 191,
  name: 'semctl',
  args: [int, int, oneOf({ IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, ...CMD }), pointer],
  errors: ['EACCES', 'EFAULT', 'EINVAL', 'EPERM', 'ERANGE'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, id, index, cmd, arg) => (id < 0 ? 'EINVAL' : (CONTROL[cmd]?.(k, id, index, cmd, arg) ?? 'EINVAL')),
});

export const SEM_CONTROL_CALLS = [semctl];
