/** Memory is exhausted: who must go. Linux: mm/oom_kill.c. */
import { SIGNAL } from '../abi/index.ts';
import { EVENT } from '../events/index.ts';
import { setRun } from './block.ts';
import type { Kernel } from './kernel.ts';
import { sendToGroup, sigInfo } from './signal.ts';
import type { ThreadGroup } from './types.ts';

/** oom_score_adj of a process that may never be chosen. */
const OOM_SCORE_ADJ_MIN = -1000;

/** Pages a process would give back. */
function pagesOf(k: Kernel, group: ThreadGroup): number {
  for (const tid of group.threads) {
    const mm = k.mms.get(k.tasks.get(tid)!.mm as never);
    if (mm !== undefined) return mm.rssAnon + mm.rssFile + mm.rssShmem;
  }
  return 0;
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
