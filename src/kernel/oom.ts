/** Memory is exhausted: who must go. Linux: mm/oom_kill.c. */
import { SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import type { Mm, MmId } from '../memory/index.ts';
import { setRun } from './block.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { sendToGroup } from './signal.ts';
import type { Tgid, ThreadGroup } from './types.ts';

/** oom_score_adj of a process that may never be chosen. */
const OOM_SCORE_ADJ_MIN = -1000;

/** Pages a process would give back. */
function pagesOf(k: Kernel, group: ThreadGroup): number {
  const mm = memoryOf(k, group);
  return mm === undefined ? 0 : mm.rssAnon + mm.rssFile + mm.rssShmem;
}

/** Linux: oom_badness(), the adjustment is in thousandths of all memory. */
function badness(k: Kernel, group: ThreadGroup): number {
  if (group.life !== 'live' || group.tgid === 1 || group.oomScoreAdj === OOM_SCORE_ADJ_MIN) return -1;
  return pagesOf(k, group) + (group.oomScoreAdj * k.memory.frames.total) / 1000;
}

/**
 * The current task cannot go on without memory: the largest process is killed, and the current task lets
 * others run until that one is gone.
 */
export function outOfMemory(k: Kernel): void {
  if (k.oomVictim === 0 || k.groups.get(k.oomVictim)?.life !== 'live') kill(k, choose(k));
  if (k.oomVictim !== k.group.tgid && k.task.run === 'running') setRun(k, k.task, 'ready', 'yield');
}

/**
 * The kernel itself needs a page of the current task's, in the middle of a call: the largest process is killed, and its
 * memory taken at once. False when it is the current one, whose call fails before it dies. Linux: oom_reap_task().
 */
export function relieve(k: Kernel): boolean {
  if (k.task.run !== 'running') return false;
  const before = k.groups.get(k.oomVictim as Tgid);
  if (before?.life !== 'live' || memoryOf(k, before)?.isReaped !== false) kill(k, choose(k));
  const victim = k.groups.get(k.oomVictim as Tgid)!;
  const mm = memoryOf(k, victim);
  // Memory that others use, too, is theirs.
  if (mm === undefined || mm === k.mm || mm.isReaped || mm.users > victim.threads.size) return false;
  return k.memory.spaces.reap(mm);
}

/** The memory of a process: that of its first thread that still has any. */
function memoryOf(k: Kernel, group: ThreadGroup): Mm | undefined {
  for (const tid of group.threads) {
    const mm = k.mms.get(k.tasks.get(tid)!.mm as MmId);
    if (mm !== undefined) return mm;
  }
  return undefined;
}

function choose(k: Kernel): ThreadGroup {
  let worst = k.group;
  for (const group of k.groups.values()) if (badness(k, group) > badness(k, worst)) worst = group;
  return worst;
}

function kill(k: Kernel, victim: ThreadGroup): void {
  k.oomVictim = victim.tgid;
  k.events.record(EVENT.oomKill, k.clock, k.cpu.id, k.task.tid, victim.tgid, pagesOf(k, victim));
  sendToGroup(k, victim, sigInfo(SIGNAL.SIGKILL));
}
