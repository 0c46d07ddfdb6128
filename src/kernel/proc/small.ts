/** The small files of /proc/PID: readouts of one record each, as a kernel with one namespace of each kind shows them. */
import { layout } from '../../memory/index.ts';
import type { Kernel } from '../kernel.ts';
import { SIGEV } from '../posix-timer.ts';
import { isRealTime } from '../scheduler.ts';
import type { PosixTimer } from '../types.ts';
import { groupUsage, taskUsage } from '../usage.ts';
import { memoryOf, type Who } from './who.ts';

/** All numbers map to themselves (Linux: init_user_ns). */
const IDENTITY_MAP = `${[0, 0, 4294967295].map((n) => String(n).padStart(10)).join(' ')}\n`;

/** Linux: MMF_DUMP_FILTER_DEFAULT. Nothing dumps core here, but what a fresh kernel would dump is this. */
const CORE_FILTER = '00000033\n';

/** Children of one thread, oldest first. */
function childrenText(k: Kernel, { group, task }: Who): string {
  const own = [...group.children].filter((tgid) => (k.groups.get(tgid)?.madeBy ?? 0) === task.tid);
  return own.map((tgid) => `${tgid} `).join('');
}

const NOTIFY: Readonly<Record<number, string>> = { 0: 'signal', 1: 'none', 2: 'thread' };

function timerText({ id, signo, valueLo, valueHi, notify, tid, group, clock }: PosixTimer): string {
  const how = NOTIFY[notify & 3] ?? 'signal';
  const whom = (notify & SIGEV.SIGEV_THREAD_ID) === 0 ? `pid.${group}` : `tid.${tid}`;
  const value = (valueHi >>> 0) * 2 ** 32 + (valueLo >>> 0);
  return `ID: ${id}\nsignal: ${signo}/${value.toString(16).padStart(16, '0')}\nnotify: ${how}/${whom}\nClockID: ${clock}\n`;
}

/** POSIX timers (Linux: show_timer). */
const timersText = (k: Kernel, { group }: Who): string =>
  // The newest first, as Linux keeps them.
  [...(group.timers?.values() ?? [])]
    .reverse()
    .map((key) => timerText(k.posixTimers.get(key)!))
    .join('');

/** Linux: real-time tasks have no slack. */
const slackText = (_k: Kernel, { task }: Who): string => `${isRealTime(task.policy) ? 0 : task.timerSlack}\n`;

/** Linux: do_task_stat's neighbour proc_pid_numa_maps, with one node. */
function numaText(k: Kernel, who: Who): string {
  const mm = memoryOf(k, who);
  if (mm === undefined) return '';
  return mm.vmas
    .map((vma) => {
      const { rss, anonymous, privateDirty, sharedDirty } = k.memory.spaces.statistics(mm, vma);
      const pages = (bytes: number) => bytes / layout.PAGE_SIZE;
      const dirty = pages(privateDirty + sharedDirty);
      const place = vma.name === '[heap]' ? ' heap' : vma.name === '[stack]' ? ' stack' : '';
      const file = vma.name.startsWith('/') ? ` file=${vma.name}` : place;
      const parts = [
        anonymous > 0 ? ` anon=${pages(anonymous)}` : '',
        dirty > 0 ? ` dirty=${dirty}` : '',
        rss > 0 ? ` N0=${pages(rss)} kernelpagesize_kB=4` : '',
      ];
      return `${vma.start.toString(16).padStart(8, '0')} default${file}${parts.join('')}\n`;
    })
    .join('');
}

/** What calls moved (Linux: do_io_accounting). Nothing here goes through a block device that counts. */
function ioText(k: Kernel, { group, task, isThread }: Who): string {
  const { rchar, wchar, syscr, syscw } = isThread ? taskUsage(k, task) : groupUsage(k, group);
  const told = { rchar, wchar, syscr, syscw, read_bytes: 0, write_bytes: 0, cancelled_write_bytes: 0 };
  return Object.entries(told)
    .map(([name, count]) => `${name}: ${count}\n`)
    .join('');
}

/** By name below /proc/PID. */
export const SMALL: Readonly<Record<string, (k: Kernel, who: Who) => string>> = {
  'TID/children': childrenText,
  'PID/coredump_filter': () => CORE_FILTER,
  'PID/io': ioText,
  'PID/gid_map': () => IDENTITY_MAP,
  'PID/numa_maps': numaText,
  'PID/oom_adj': (_k, { group }) => `${oomAdj(group.oomScoreAdj)}\n`,
  'PID/projid_map': () => IDENTITY_MAP,
  'PID/setgroups': () => 'allow\n',
  'PID/timers': timersText,
  'PID/timerslack_ns': slackText,
  'PID/uid_map': () => IDENTITY_MAP,
};

/** The old scale of oom_score_adj, -17 to 15 (Linux: oom_adj_read). */
function oomAdj(score: number): number {
  if (score === 1000) return 15;
  return Math.trunc((score * 17) / 1000);
}
