/** Process groups that nobody is left to continue (POSIX "orphaned process group"), when an exit makes them so. */
import { SIGNAL } from '../abi/index.ts';
import { membersOf } from './family.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { sendToGroup } from './signal.ts';
import { isOrphanedGroup } from './signal-stop.ts';
import type { ThreadGroup } from './types.ts';

/**
 * A process group that this exit orphans: its stopped members get SIGHUP and SIGCONT (POSIX). It can only do so
 * if the link between `member` and `parent` led out of the group. Linux: kill_orphaned_pgrp().
 */
export function continueOrphans(
  k: Kernel,
  member: ThreadGroup,
  parent: ThreadGroup | undefined,
  dead: ThreadGroup,
): void {
  const { pgid, sid } = member;
  if (parent === undefined || parent.pgid === pgid || parent.sid !== sid) return;
  if (!isOrphanedGroup(k, pgid, dead)) return;
  const members = membersOf(k, pgid).filter((group) => group !== dead);
  if (!members.some(({ stoppedBy }) => stoppedBy !== 0)) return;
  for (const member of members) {
    sendToGroup(k, member, sigInfo(SIGNAL.SIGHUP));
    sendToGroup(k, member, sigInfo(SIGNAL.SIGCONT));
  }
}
