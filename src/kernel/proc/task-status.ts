/** /proc/PID/status, limits and the small files beside them. Linux: fs/proc/array.c, fs/proc/base.c. */
import { layout, type Vma } from '../../memory/index.ts';
import type { Kernel } from '../kernel.ts';
import { groupUsage, taskUsage } from '../usage.ts';
import { escapeName, hex, rangeText, setHex, statusKib } from './format.ts';
import { ownPending, signalSets } from './task-stat.ts';
import { memoryOf, stateText, type Who } from './who.ts';

/** /proc/PID/status. */
export function statusText(k: Kernel, who: Who): string {
  return [identityText(k, who), memoryText(k, who), signalText(k, who), switchText(k, who)].join('');
}

function identityText(k: Kernel, { group, task, isThread }: Who): string {
  const { ruid, euid, suid, fsuid, rgid, egid, sgid, fsgid, groups } = task.credentials;
  const files = k.filesTables.get(task.files);
  const pid = isThread ? task.tid : group.tgid;
  const umask = k.fsContexts.get(task.fs)?.umask;
  const lines = [
    `Name:\t${escapeName(task.comm)}`,
    ...(umask === undefined ? [] : [`Umask:\t${umask.toString(8).padStart(4, '0')}`]),
    `State:\t${stateText(task)}`,
    `Tgid:\t${group.tgid}`,
    'Ngid:\t0',
    `Pid:\t${pid}`,
    `PPid:\t${group.parent}`,
    `TracerPid:\t${task.traced?.tracer ?? 0}`,
    `Uid:\t${ruid}\t${euid}\t${suid}\t${fsuid}`,
    `Gid:\t${rgid}\t${egid}\t${sgid}\t${fsgid}`,
    `FDSize:\t${fdSize(files?.fds.length ?? 0)}`,
    `Groups:\t${groups.map((gid) => `${gid} `).join('')}`,
    `NStgid:\t${group.tgid}`,
    `NSpid:\t${pid}`,
    `NSpgid:\t${group.pgid}`,
    `NSsid:\t${group.sid}`,
    'Kthread:\t0',
  ];
  return `${lines.join('\n')}\n`;
}

/** Linux's descriptor tables begin with 64 slots and double. */
function fdSize(used: number): number {
  if (used === 0) return 0;
  let slots = 64;
  while (slots < used) slots *= 2;
  return slots;
}

function memoryText(k: Kernel, who: Who): string {
  const mm = memoryOf(k, who);
  if (mm === undefined) return '';
  const { total, data } = k.memory.spaces.sizeOf(mm);
  const rss = (mm.rssAnon + mm.rssFile + mm.rssShmem) * layout.PAGE_SIZE;
  const sum = (which: (vma: Vma) => boolean) =>
    mm.vmas.filter(which).reduce((bytes, vma) => bytes + vma.end - vma.start, 0);
  const code = mm.codeEnd - mm.codeStart;
  const executable = sum((vma) => (vma.prot & 4) !== 0 && (vma.prot & 2) === 0 && vma.object !== null);
  return [
    statusKib('VmPeak', mm.totalPeak),
    statusKib('VmSize', total),
    statusKib(
      'VmLck',
      sum((vma) => vma.locked),
    ),
    statusKib('VmPin', 0),
    statusKib('VmHWM', Math.max(rss, mm.rssPeak * layout.PAGE_SIZE)),
    statusKib('VmRSS', rss),
    statusKib('RssAnon', mm.rssAnon * layout.PAGE_SIZE),
    statusKib('RssFile', mm.rssFile * layout.PAGE_SIZE),
    statusKib('RssShmem', mm.rssShmem * layout.PAGE_SIZE),
    statusKib('VmData', data),
    statusKib(
      'VmStk',
      sum((vma) => vma.growsDown),
    ),
    statusKib('VmExe', code),
    statusKib('VmLib', Math.max(0, executable - code)),
    statusKib('VmPTE', k.memory.spaces.tableBytes(mm)),
    statusKib('VmSwap', 0),
    'CoreDumping:\t0\nTHP_enabled:\t0\n',
  ].join('');
}

function signalText(k: Kernel, { group, task }: Who): string {
  const { ignored, caught, shared } = signalSets(group);
  const { inheritable, permitted, effective, bounding, ambient } = task.credentials.caps;
  const queued = k.queuedSignals.get(task.credentials.ruid) ?? 0;
  const lines = [
    `Threads:\t${group.threads.size}`,
    `SigQ:\t${queued}/${group.rlimits[11]?.soft ?? 0}`,
    `SigPnd:\t${setHex(ownPending(task))}`,
    `ShdPnd:\t${setHex(shared)}`,
    `SigBlk:\t${setHex(task.blocked)}`,
    `SigIgn:\t${setHex(ignored)}`,
    `SigCgt:\t${setHex(caught)}`,
    `CapInh:\t${hex(inheritable, 16)}`,
    `CapPrm:\t${hex(permitted, 16)}`,
    `CapEff:\t${hex(effective, 16)}`,
    `CapBnd:\t${hex(bounding, 16)}`,
    `CapAmb:\t${hex(ambient, 16)}`,
    `NoNewPrivs:\t${task.noNewPrivileges ? 1 : 0}`,
    `Seccomp:\t${task.seccomp === null ? 0 : task.seccomp === 'strict' ? 1 : 2}`,
    `Seccomp_filters:\t${task.seccomp === null || task.seccomp === 'strict' ? 0 : task.seccomp.length}`,
    'Speculation_Store_Bypass:\tunknown',
    'SpeculationIndirectBranch:\tunsupported',
  ];
  return `${lines.join('\n')}\n`;
}

function switchText(k: Kernel, { group, task, isThread }: Who): string {
  const { cpus } = k.options;
  const all = cpus >= 32 ? 0xffffffff : 2 ** cpus - 1;
  const allowed = (task.affinity & all) >>> 0;
  const used = isThread ? taskUsage(k, task) : groupUsage(k, group);
  const lines = [
    `Cpus_allowed:\t${allowed.toString(16)}`,
    `Cpus_allowed_list:\t${rangeText(allowed, cpus)}`,
    'Mems_allowed:\t1',
    'Mems_allowed_list:\t0',
    `voluntary_ctxt_switches:\t${used.voluntarySwitches}`,
    `nonvoluntary_ctxt_switches:\t${used.involuntarySwitches}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Names and units of resource limits, by number (Linux: lnames in fs/proc/base.c). */
const LIMIT_NAMES: readonly (readonly [name: string, unit: string])[] = [
  ['Max cpu time', 'seconds'],
  ['Max file size', 'bytes'],
  ['Max data size', 'bytes'],
  ['Max stack size', 'bytes'],
  ['Max core file size', 'bytes'],
  ['Max resident set', 'bytes'],
  ['Max processes', 'processes'],
  ['Max open files', 'files'],
  ['Max locked memory', 'bytes'],
  ['Max address space', 'bytes'],
  ['Max file locks', 'locks'],
  ['Max pending signals', 'signals'],
  ['Max msgqueue size', 'bytes'],
  ['Max nice priority', ''],
  ['Max realtime priority', ''],
  ['Max realtime timeout', 'us'],
];

/** /proc/PID/limits. */
export function limitsText({ group }: Who): string {
  const value = (n: number) => (n === Number.POSITIVE_INFINITY ? 'unlimited' : String(n)).padEnd(20);
  const rows = LIMIT_NAMES.map(([name, unit], resource) => {
    const { soft, hard } = group.rlimits[resource]!;
    return `${name.padEnd(25)} ${value(soft)} ${value(hard)} ${unit === '' ? '' : unit.padEnd(10)}\n`;
  });
  const head = `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n`;
  return head + rows.join('');
}

/** /proc/PID/oom_score: what the out-of-memory killer would weigh, 0 to 2000 (Linux: mm/oom_kill.c). */
export function oomScoreText(k: Kernel, who: Who): string {
  const mm = memoryOf(k, who);
  if (mm === undefined) return '0\n';
  const { total } = k.memory.usage();
  const pages = mm.rssAnon + mm.rssFile + mm.rssShmem + k.memory.spaces.tableBytes(mm) / layout.PAGE_SIZE;
  const points = pages + (who.group.oomScoreAdj * total) / 1000;
  return `${Math.max(0, Math.trunc(((1000 + (points * 1000) / total) * 2) / 3))}\n`;
}
