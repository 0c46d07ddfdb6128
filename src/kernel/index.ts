export { endWait, moveWaiter, setRun, waitersAt, wakeTask } from './block.ts';
export { createKernel, type FirstProcess, startProcess } from './boot.ts';
export { BPF_WORDS, type BpfProgram, isValidBpf } from './bpf.ts';
export { REGISTERS_REPLACED, recordUnsupported } from './call.ts';
export { capable } from './capable.ts';
export { type CloneRequest, cloneTask } from './clone.ts';
export { CLONE, isSet } from './clone-flags.ts';
export { saveLoaded, useTables } from './cpu.ts';
export { clockNow, cpuClockOf, isCpuClock, processTime, readCpuClock } from './cpu-clock.ts';
export type { Cpu, CpuTrap, Halt } from './cpu-state.ts';
export { armCpuSleep, planCpuTimers } from './cpu-timer.ts';
export { capsAfterFsUser, capsAfterUser, commitCredentials } from './credentials.ts';
export { execTask } from './exec.ts';
export { readProgram } from './exec-load.ts';
export { type ExecRequest, findProgram, type Program, programAt, resolveScript } from './exec-script.ts';
export { MAX_STRING } from './exec-stack.ts';
export { exitGroup, exitTask, reap } from './exit.ts';
export { hasNews, leaderOf, membersOf, moveTo } from './family.ts';
export {
  FUTEX_BITSET_MATCH_ANY,
  futexQueue,
  futexRequeue,
  futexWake,
  WAITV,
} from './futex.ts';
export {
  leaveFutexes,
  lockPi,
  PI_WAIT,
  REQUEUE_WAIT,
  requeuePi,
  settlePi,
  unlockPi,
} from './futex-pi.ts';
export { HWPROBE } from './hwprobe.ts';
export { endNotice, tellNotice } from './ipc/mqueue.ts';
export {
  destroyQueue,
  findMessage,
  forgetMessageWait,
  hasRoom,
  type Message,
  type MessageQueue,
  MSG_GIVEN,
  MSG_REMOVED,
  MSG_TOO_LONG,
  newMessageQueue,
  queueOf,
  send,
  takeMessage,
  type Wanted,
  wakeReceivers,
  wakeSenders,
} from './ipc/msg.ts';
export {
  addWait,
  countWaiting,
  destroySet,
  forgetWait,
  leaveUndo,
  mayWait,
  newSet,
  operate,
  SEM_DONE,
  SEM_FAILED,
  SEM_REMOVED,
  SEM_UNDO,
  SEMVMX,
  type SemOp,
  type SemSet,
  setOf as semSetOf,
  totalSemaphores,
  undoFor,
  update,
} from './ipc/sem.ts';
export {
  attachments,
  destroySegment,
  newSegment,
  type Segment,
  SHM_LOCKED,
  segmentOf,
  totalPages,
} from './ipc/shm.ts';
export {
  getObject,
  highestIndex,
  IPC,
  type IpcPerm,
  type IpcTable,
  mayControl,
  mayUse,
  objectsOf,
  setPerm,
} from './ipc/table.ts';
export type { Counters, Kernel, KernelOptions, Tracer, UserMemory } from './kernel.ts';
export type { KernelParts } from './linux.ts';
export { loadAverages } from './load.ts';
export { POLICY_NAMES, type PolicyChoice, whyNoPolicy } from './policy/named.ts';
export type {
  Policy,
  PolicyState,
  ReadyReason,
  Schedulable,
} from './policy/policy.ts';
export type { PolicySource } from './policy/user-policy.ts';
export { armPosixTimer, deletePosixTimer, SIGEV, timeLeft } from './posix-timer.ts';
export { changePolicy, inherit, reschedule } from './preempt.ts';
export { procSource } from './proc/source.ts';
export { getSaved, setSaved } from './register-file.ts';
export { UTS } from './release.ts';
export { limitOf, memoryLimits, RLIM_NLIMITS, RLIMIT, setLimit } from './rlimit.ts';
export { RSEQ_ALIGN, resetRseq, setRseq } from './rseq.ts';
export { loadKernel, type SavedKernel, saveKernel } from './save.ts';
export { idleTo, type RunLimits, type RunStop, runCpus } from './schedule.ts';
export { isRealTime, levelOf, ORDINARY, RR_SLICE, SCHED, Scheduler } from './scheduler.ts';
export { type Seccomp, setSeccomp } from './seccomp.ts';
export { sigInfo } from './siginfo.ts';
export {
  discardIgnored,
  disposition,
  hasDeliverable,
  maySignal,
  SIG_DFL,
  SIG_IGN,
  sentBy,
  setAction,
} from './signal.ts';
export { forceSignal } from './signal-deliver.ts';
export {
  altStackFlags,
  decodeSigInfo,
  encodeSigInfo,
  onAltStack,
  popFrame,
  SIGINFO_SIZE,
  stackPointer,
} from './signal-frame.ts';
export { countQueued, isQueueFull, uncountQueued } from './signal-queue.ts';
export { asMask, EMPTY, has, isEmpty, setOf, union, without } from './signal-set.ts';
export { isOrphanedGroup } from './signal-stop.ts';
export { dequeue } from './signal-take.ts';
export {
  type Arg,
  asInt,
  asSigned64,
  asUint,
  asUnsigned64,
  type ResultText,
  type Shown,
  type Support,
  type Syscall,
  type SyscallTable,
  syscall,
} from './syscall.ts';
export { allCpus, NO_ALT_STACK, newTid, pidMax, renameTask, TIMER_SLACK } from './task.ts';
export { tellClone, tellVforkDone } from './trace-call.ts';
export { detach, dropCall, groupStop, interrupt, letGoOn } from './trace-stop.ts';
export { isInCallStop, isTraced, mayTrace, tie } from './tracing.ts';
export type {
  CpuId,
  FsId,
  Interrupted,
  IntervalTimer,
  PendingCall,
  Pgid,
  PosixTimer,
  Rlimit,
  RunKind,
  Sid,
  SigAction,
  SigHandlers,
  SigInfo,
  SigSet,
  Task,
  Tgid,
  ThreadGroup,
  Tid,
  Usage,
} from './types.ts';
export { groupUsage, taskUsage } from './usage.ts';
export { type ChildReport, type ChildSelector, findReport, settleEnd, takeReport, W } from './wait.ts';
export { setWallClock } from './wall-clock.ts';
