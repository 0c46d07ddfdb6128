/** The files of /proc that tell about the machine as a whole: processors, memory, time, load. man 5 proc. */
import type { Kernel } from '../kernel.ts';
import { loadAverages } from '../load.ts';
import { UTS } from '../release.ts';
import type { Task } from '../types.ts';
import { alignedKib, ticks } from './format.ts';

/** The architecture as Linux's riscv cpuinfo spells it. */
const ISA = 'rv64imafdc_zicntr_zicsr_zifencei';

export const cpuinfoText = (k: Kernel): string =>
  k.cpus
    .map(({ id }) =>
      [
        `processor\t: ${id}`,
        `hart\t\t: ${id}`,
        `isa\t\t: ${ISA}`,
        'mmu\t\t: sv39',
        'mvendorid\t: 0x0',
        'marchid\t\t: 0x0',
        'mimpid\t\t: 0x0',
        `hart isa\t: ${ISA}`,
        '',
        '',
      ].join('\n'),
    )
    .join('');

const PAGE = 4096;
/** Sv39's user half, which Linux shows as the range of vmalloc. */
const VMALLOC_TOTAL = 2 ** 36;

export function meminfoText(k: Kernel): string {
  const usage = k.memory.usage();
  const committed = [...k.mms.values()].reduce((sum, mm) => sum + k.memory.spaces.sizeOf(mm).data, 0);
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', usage.total * PAGE],
    ['MemFree', usage.free * PAGE],
    ['MemAvailable', (usage.free + usage.reclaimable) * PAGE],
    ['Buffers', 0],
    ['Cached', (usage.file + usage.shmem) * PAGE],
    ['SwapCached', 0],
    ['Active', (usage.anonymous + usage.file + usage.shmem) * PAGE],
    ['Inactive', 0],
    ['Active(anon)', (usage.anonymous + usage.shmem) * PAGE],
    ['Inactive(anon)', 0],
    ['Active(file)', usage.file * PAGE],
    ['Inactive(file)', 0],
    ['Unevictable', 0],
    ['Mlocked', 0],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Dirty', 0],
    ['Writeback', 0],
    ['AnonPages', usage.anonymous * PAGE],
    ['Mapped', mappedPages(k) * PAGE],
    ['Shmem', usage.shmem * PAGE],
    ['KReclaimable', 0],
    ['Slab', 0],
    ['SReclaimable', 0],
    ['SUnreclaim', 0],
    ['KernelStack', 0],
    ['PageTables', usage.tables * PAGE],
    ['NFS_Unstable', 0],
    ['Bounce', 0],
    ['WritebackTmp', 0],
    ['CommitLimit', usage.total * PAGE],
    ['Committed_AS', committed],
    ['VmallocTotal', VMALLOC_TOTAL],
    ['VmallocUsed', 0],
    ['VmallocChunk', 0],
  ];
  return rows.map(([name, bytes]) => alignedKib(name, bytes)).join('');
}

const mappedPages = (k: Kernel): number =>
  [...k.mms.values()].reduce((sum, { rssFile, rssShmem }) => sum + rssFile + rssShmem, 0);

const count = (k: Kernel, which: (task: Task) => boolean): number => {
  let sum = 0;
  for (const task of k.tasks.values()) if (which(task)) sum++;
  return sum;
};
const runs = ({ run }: Task) => run === 'running' || run === 'ready' || run === 'new';
const waitsForDisk = ({ run, wait }: Task) => run === 'blocked' && wait?.uninterruptible === true;

/** /proc/stat. User time is what a CPU was busy with, system time what switching cost it. */
export function machineStatText(k: Kernel): string {
  const now = k.now();
  const times = k.cpus.map((cpu) => {
    const idle = Math.max(0, now - cpu.busyTime - cpu.switchTime);
    return [ticks(cpu.busyTime), 0, ticks(cpu.switchTime), ticks(idle), 0, 0, 0, 0, 0, 0];
  });
  const total = times[0]!.map((_, column) => times.reduce((sum, row) => sum + row[column]!, 0));
  const switches = k.cpus.reduce((sum, cpu) => sum + cpu.switches, 0);
  return [
    `cpu  ${total.join(' ')}`,
    ...times.map((row, index) => `cpu${index} ${row.join(' ')}`),
    'intr 0',
    `ctxt ${switches}`,
    `btime ${k.epoch.sec}`,
    `processes ${k.counters.forks}`,
    `procs_running ${count(k, runs)}`,
    `procs_blocked ${count(k, waitsForDisk)}`,
    'softirq 0 0 0 0 0 0 0 0 0 0 0',
    '',
  ].join('\n');
}

const seconds = (nanos: number) => (Math.floor(nanos / 1e7) / 100).toFixed(2);

export function uptimeText(k: Kernel): string {
  const idle = k.cpus.reduce((sum, cpu) => sum + Math.max(0, k.now() - cpu.busyTime - cpu.switchTime), 0);
  return `${seconds(k.now())} ${seconds(idle)}\n`;
}

export function loadavgText(k: Kernel): string {
  // Linux rounds to the nearest hundredth.
  const loads = loadAverages(k).map((load) => (Math.floor((load + 1 / 200) * 100) / 100).toFixed(2));
  const newest = [...k.tasks.keys()].reduce<number>((last, tid) => Math.max(last, tid), 0);
  return `${loads.join(' ')} ${count(k, runs)}/${k.tasks.size} ${newest}\n`;
}

export const versionText = (): string =>
  `Linux version ${UTS.release} (timeslice@timeslice) (Timeslice, riscv64) ${UTS.version}\n`;

export const filesystemsText = (): string =>
  ['sysfs', 'tmpfs', 'proc', 'devtmpfs', 'devpts', 'mqueue', 'pipefs', 'sockfs', 'ramfs', 'overlay']
    .map((name) => `nodev\t${name}\n`)
    .join('');

export const devicesText = (): string =>
  'Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n';

export const swapsText = (): string => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

export const partitionsText = (): string => 'major minor  #blocks  name\n\n';

export function vmstatText(k: Kernel): string {
  const usage = k.memory.usage();
  let [minor, major] = [0, 0];
  for (const { usage: own, childUsage } of k.groups.values()) {
    minor += own.minorFaults + childUsage.minorFaults;
    major += own.majorFaults + childUsage.majorFaults;
  }
  for (const task of k.tasks.values()) {
    if (task.run === 'zombie') continue;
    minor += task.minorFaults;
    major += task.majorFaults;
  }
  const rows: readonly (readonly [string, number])[] = [
    ['nr_free_pages', usage.free],
    ['nr_anon_pages', usage.anonymous],
    ['nr_mapped', mappedPages(k)],
    ['nr_file_pages', usage.file + usage.shmem],
    ['nr_shmem', usage.shmem],
    ['nr_page_table_pages', usage.tables],
    ['pgpgin', 0],
    ['pgpgout', 0],
    ['pswpin', 0],
    ['pswpout', 0],
    ['pgfault', minor + major],
    ['pgmajfault', major],
  ];
  return rows.map(([name, value]) => `${name} ${value}\n`).join('');
}
