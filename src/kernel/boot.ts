/** Bringing a kernel up: the file tree, the shared object of all programs, and the first process. */
import { type Errno, SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import type { FilesTable, FsContext, Walker } from '../vfs/index.ts';
import { setRun } from './block.ts';
import { nameProgram, prepareExec } from './exec.ts';
import { type ExecRequest, findProgram } from './exec-script.ts';
import { enterFamily } from './family.ts';
import { segmentMapped, segmentUnmapped } from './ipc/shm.ts';
import type { Kernel } from './kernel.ts';
import { type KernelParts, LinuxKernel } from './linux.ts';
import { relieve } from './oom.ts';
import { setSaved } from './register-file.ts';
import { limitOf, RLIMIT } from './rlimit.ts';
import { allCpus, credentialsOf, newGroup, newHandlers, newTask, newTid } from './task.ts';
import type { FsId, Task, Tgid } from './types.ts';
import { fillVdso } from './vdso.ts';

/** A kernel without processes. */
export function createKernel(parts: KernelParts): Kernel {
  const k = new LinuxKernel(parts);
  k.memory.user.relieve = () => relieve(k);
  k.memory.objects.watcher = {
    mapped: (id) => segmentMapped(k, id),
    unmapped: (id) => segmentUnmapped(k, id),
  };
  fillVdso(k);
  return k;
}

/** What a process begins with when no fork makes it: the first one, and those the host spawns. */
export interface FirstProcess {
  readonly path: string;
  readonly argv: readonly Uint8Array[];
  readonly envp: readonly Uint8Array[];
  readonly fs: FsContext;
  readonly files: FilesTable;
  /** uid and gid. */
  readonly user: number;
  /** 0 for the first process; otherwise whose child it is. */
  readonly parent: Tgid | 0;
}

/** Makes a process out of a program, ready to run; gives its one task, or why the program cannot be loaded. */
export function startProcess(k: Kernel, first: FirstProcess): Task | Errno {
  const credentials = credentialsOf(first.user);
  const who: Walker = { fs: first.fs, credentials };
  const program = findProgram(k, who, first.path);
  if (typeof program === 'string') return program;
  const request: ExecRequest = { program, argv: first.argv, envp: first.envp };
  const stackLimit = limitOf(k.group, RLIMIT.RLIMIT_STACK);
  const prepared = prepareExec(k, who, request, { personality: 0, stackLimit, task: null });
  if (typeof prepared === 'string') return prepared;
  const registers = k.registers.take();
  const tid = newTid(k);
  if (registers === 0 || tid === 'EAGAIN') {
    k.memory.spaces.release(prepared.mm);
    return 'ENOMEM';
  }
  const fs = k.counters.fs++ as FsId;
  k.fsContexts.set(fs, first.fs);
  const group = newGroup(k, tid as number as Tgid, first.parent, newHandlers());
  const ids = { tid, group: group.tgid, mm: prepared.mm.id, files: first.files.id, fs };
  const shape = { registers, comm: '', credentials, affinity: allCpus(k.cpus.length) };
  const task = newTask({ ...ids, ...shape }, k.now());
  group.threads.add(tid);
  group.exitSignal = SIGNAL.SIGCHLD;
  k.hosted.set(group.tgid, -1);
  k.tasks.set(tid, task);
  enterFamily(k, group);
  nameProgram(k, task, group, prepared.request);
  const [path, comm] = [group.executable, task.comm].map((name) => k.events.intern(name));
  k.events.record(EVENT.exec, k.now(), 0, tid as number, path, comm);
  setSaved(k.memory.frames, registers, 'pc', prepared.start);
  setSaved(k.memory.frames, registers, SP, prepared.sp);
  setRun(k, task, 'ready', 'new');
  return task;
}

const SP = 2;
