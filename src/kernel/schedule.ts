/**
 * The machine's main loop: which CPU goes on, how far, and what happens in between.
 *
 * Every CPU has its own clock. They take turns on one host thread in rounds: within a round each runs by
 * itself, up to the round's end or the next timer. A CPU that enters the kernel waits until all others have
 * come as far, so kernel entries happen in the order of virtual time. All of it is a function of the state:
 * a run that is cut anywhere goes on as if it had not been cut.
 */
import { type Nanos, NEVER } from '../base/index.ts';
import { EVENT } from '../events/index.ts';
import { layout } from '../memory/index.ts';
import { hostBacklog, hostScreen } from '../vfs/index.ts';
import { setRun } from './block.ts';
import { charge, dispatch, enter } from './cpu.ts';
import type { Cpu, CpuTrap } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import { followLoad } from './load.ts';
import { account } from './preempt.ts';
import { fireTimers } from './timers.ts';
import { readyForUser, serveTrap } from './trap.ts';
import type { Tid } from './types.ts';

/** How far CPUs may be apart in time while they run user code. */
const ROUND = 10_000;

export interface RunLimits {
  /** The machine's count of instructions at which to come back. */
  readonly retired: number;
  /** The count of events at which to come back. */
  readonly events: number;
  /** Virtual time at which to come back. */
  readonly until: Nanos;
  /** When more bytes of output than this wait for the host, the machine stands still. */
  readonly backlog: number;
}

/** Why the loop came back. `ended`: a process of the host's has. `sealed`: a call must wait for `k.isHeld` to go. `idle`: every task sleeps, the next timer fires at `next` (NEVER for no timer). */
export type RunStop =
  | { readonly why: 'retired' | 'events' | 'until' | 'halted' | 'full' | 'ended' | 'sealed' }
  | { readonly why: 'idle'; readonly next: Nanos };

/** Runs until a limit is met, nothing can run, or the machine halts. */
export function runCpus(k: Kernel, limits: RunLimits): RunStop {
  let entered = true;
  for (;;) {
    if (k.halt !== null) return { why: 'halted' };
    if (k.hostedEnded) {
      k.hostedEnded = false;
      return { why: 'ended' };
    }
    if (k.isHeld) return { why: 'sealed' };
    if (entered && hostBacklog(k.vfs) > limits.backlog) return { why: 'full' };
    entered = false;
    if (k.retired >= limits.retired) return { why: 'retired' };
    if (k.events.next >= limits.events) return { why: 'events' };
    if (k.scheduler.size > 0) fillCpus(k);
    const floor = earliest(k, false);
    if (floor === NEVER) return { why: 'idle', next: k.timers.next() };
    if (floor >= limits.until) return { why: 'until' };
    if (k.timers.next() <= floor) fireTimers(k, k.timers.next());
    else entered = k.cpus.length === 1 ? runAlone(k, k.cpus[0]!, limits) : turn(k, floor, limits);
  }
}

/** The only CPU goes in and out of the kernel for as long as nobody else has to be looked at. */
function runAlone(k: Kernel, cpu: Cpu, limits: RunLimits): boolean {
  const screen = hostScreen(k.vfs);
  let entered = false;
  do {
    if (cpu.trap === null) {
      runUser(k, cpu, Math.min(k.timers.next(), limits.until) as Nanos, limits.retired);
      if (cpu.trap === null || k.retired >= limits.retired) return entered;
    }
    serve(k, cpu, cpu.trap);
    entered = true;
  } while (isAlone(k, cpu, limits) && k.vfs.backlog + screen.length <= limits.backlog);
  return entered;
}

/** Would the loop come back to this CPU at once? */
const isAlone = (k: Kernel, cpu: Cpu, limits: RunLimits): boolean =>
  cpu.task !== 0 &&
  k.halt === null &&
  !k.hostedEnded &&
  !k.isHeld &&
  k.retired < limits.retired &&
  k.events.next < limits.events &&
  cpu.clock < limits.until &&
  cpu.clock < k.timers.next();

/** A CPU enters the kernel. */
function serve(k: Kernel, cpu: Cpu, trap: CpuTrap): void {
  enter(k, cpu);
  if (k.seal?.(trap) === true) {
    k.isHeld = true;
    return;
  }
  cpu.trap = null;
  serveTrap(k, trap, cpu.trapAddress);
}

/** Lets time pass while every task sleeps, up to the next timer at most. */
export function idleTo(k: Kernel, until: Nanos): void {
  k.events.record(EVENT.idle, k.clock, 0, 0, until);
  followLoad(k, k.clock);
  k.clock = Math.max(k.clock, until) as Nanos;
  followLoad(k, k.clock);
  if (k.timers.next() <= k.clock) fireTimers(k, k.clock);
}

/** The least clock of the busy CPUs, or of those that wait to enter the kernel; NEVER when there is none. */
function earliest(k: Kernel, trapped: boolean): Nanos {
  const first = k.cpus[0]!;
  if (k.cpus.length === 1) return first.task === 0 || (trapped && first.trap === null) ? NEVER : first.clock;
  let least = NEVER;
  for (const cpu of k.cpus)
    if (cpu.task !== 0 && cpu.clock < least && (!trapped || cpu.trap !== null)) least = cpu.clock;
  return least;
}

/** One CPU runs for a while, or enters the kernel; gives whether it did. */
function turn(k: Kernel, floor: Nanos, limits: RunLimits): boolean {
  const trapAt = earliest(k, true);
  const roundEnd = k.cpus.length === 1 ? NEVER : (Math.floor(floor / ROUND) + 1) * ROUND;
  const bound = Math.min(roundEnd, trapAt, k.timers.next(), limits.until) as Nanos;
  for (const cpu of k.cpus) {
    if (cpu.task === 0 || cpu.trap !== null || cpu.clock >= bound) continue;
    runUser(k, cpu, bound, limits.retired);
    return false;
  }
  for (const cpu of k.cpus) {
    if (cpu.task === 0 || cpu.trap === null || cpu.clock !== trapAt) continue;
    serve(k, cpu, cpu.trap);
    break;
  }
  return true;
}

function runUser(k: Kernel, cpu: Cpu, bound: Nanos, retired: number): void {
  if ((cpu.yields || cpu.asked || cpu.clock >= cpu.sliceEnd) && !renewSlice(k, cpu)) return;
  enter(k, cpu);
  if (!readyForUser(k)) return;
  const { hart, task, mm, group } = k;
  let budget = Math.min(bound, cpu.sliceEnd) - cpu.clock;
  budget = Math.min(budget, retired - k.retired, Math.max(1, group.cpuBudget), MAX_RUN);
  hart.setAddressSpace(mm.root * layout.PAGE_SIZE, k.memory.spaces.activate(mm));
  hart.setTime(cpu.clock, task.instructions);
  const trap = hart.run(budget);
  charge(k, cpu, hart.retired);
  if (trap === 'slice') return;
  cpu.trap = trap;
  if (trap !== 'ecall') cpu.trapAddress = hart.trapAddress;
}

/** The hart counts in 32 bits. */
const MAX_RUN = 2 ** 30;

/** The end of a slice: somebody else's turn, or another slice for the same task. */
function renewSlice(k: Kernel, cpu: Cpu): boolean {
  const task = k.tasks.get(cpu.task as Tid)!;
  const here = 1 << cpu.id;
  const why = cpu.yields ? 'yield' : cpu.clock >= cpu.sliceEnd ? 'slice' : 'preempt';
  cpu.yields = cpu.asked = false;
  account(k, cpu, task);
  k.scheduler.at(cpu.clock);
  if ((task.affinity & here) !== 0 && k.scheduler.goesOn(task, here, why)) {
    if (why === 'slice') cpu.sliceEnd = (cpu.clock + k.scheduler.slice(task)) as Nanos;
    return true;
  }
  k.clock = cpu.clock;
  // Linux counts a yield among the involuntary switches, too: the task could go on.
  task.timesPreempted++;
  if (why === 'yield') k.events.record(EVENT.yielded, cpu.clock, cpu.id, task.tid);
  else k.events.record(EVENT.preempt, cpu.clock, cpu.id, task.tid, cpu.clock - task.since);
  setRun(k, task, 'ready', why);
  return false;
}

/** Gives ready tasks to idle CPUs: each to the one that can begin first, and of those to its last one. */
function fillCpus(k: Kernel): void {
  if (k.cpus.length === 1) {
    const cpu = k.cpus[0]!;
    const tid = cpu.task === 0 ? k.scheduler.peek(1) : 0;
    if (tid !== 0) dispatch(k, cpu, k.tasks.get(tid)!);
    return;
  }
  for (;;) {
    let idle = 0;
    for (const cpu of k.cpus) if (cpu.task === 0) idle |= 1 << cpu.id;
    const tid = idle === 0 ? 0 : k.scheduler.peek(idle);
    if (tid === 0) return;
    const task = k.tasks.get(tid)!;
    const begins = (cpu: Cpu) => Math.max(cpu.clock, task.since);
    let best: Cpu | null = null;
    for (const cpu of k.cpus) {
      if (cpu.task !== 0 || ((1 << cpu.id) & task.affinity) === 0) continue;
      const sooner = best === null || begins(cpu) < begins(best);
      if (sooner || (begins(cpu) === begins(best!) && cpu.id === task.cpu)) best = cpu;
    }
    dispatch(k, best!, task);
  }
}
