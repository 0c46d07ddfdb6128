/** Files of /proc that tell about parts of a machine: interrupts, zones of memory, drivers, locks, processors' caches. */
import type { Kernel } from '../kernel.ts';
import { hex, ticks } from './format.ts';

const PAGE_ORDERS = 11;

/** Frames are free one by one: what is free is counted in the largest blocks that it would make. */
function blocksOf(free: number): number[] {
  const blocks: number[] = [];
  let left = free;
  for (let order = PAGE_ORDERS - 1; order >= 0; order--) {
    blocks[order] = Math.floor(left / 2 ** order);
    left %= 2 ** order;
  }
  return blocks;
}

const buddyinfoText = (k: Kernel): string =>
  `Node 0, zone    DMA32 ${blocksOf(k.memory.usage().free)
    .map((n) => `${String(n).padStart(6)} `)
    .join('')}\n`;

/** Linux: vmstat.c zoneinfo_show(), for the one zone there is. */
function zoneinfoText(k: Kernel): string {
  const { total, free, anonymous, file, shmem } = k.memory.usage();
  const stats: readonly (readonly [string, number])[] = [
    ['nr_inactive_anon', 0],
    ['nr_active_anon', anonymous + shmem],
    ['nr_inactive_file', 0],
    ['nr_active_file', file],
    ['nr_unevictable', 0],
    ['nr_anon_pages', anonymous],
    ['nr_file_pages', file + shmem],
    ['nr_dirty', 0],
    ['nr_writeback', 0],
    ['nr_shmem', shmem],
  ];
  return [
    'Node 0, zone    DMA32',
    '  per-node stats',
    ...stats.map(([name, value]) => `      ${name.padEnd(12)} ${value}`),
    `  pages free     ${free}`,
    '        boost    0',
    '        min      0',
    '        low      0',
    '        high     0',
    `        spanned  ${total}`,
    `        present  ${total}`,
    `        managed  ${total}`,
    '        cma      0',
    '        protection: (0, 0, 0, 0)',
    `      nr_free_pages ${free}`,
    '  node_unreclaimable:  0',
    '  start_pfn:           0',
    '',
  ].join('\n');
}

const heads = (k: Kernel, width: number): string =>
  ' '.repeat(width) + k.cpus.map(({ id }) => `CPU${id}`.padEnd(11)).join('');

/** Devices do not interrupt here; the line of processors is what tools count them by. */
const interruptsText = (k: Kernel): string => `${heads(k, 11)}\n`;

const SOFTIRQS = [
  'HI',
  'TIMER',
  'NET_TX',
  'NET_RX',
  'BLOCK',
  'IRQ_POLL',
  'TASKLET',
  'SCHED',
  'HRTIMER',
  'RCU',
];

const softirqsText = (k: Kernel): string =>
  [
    `${heads(k, 20)}\n`,
    ...SOFTIRQS.map((name) => `${name.padStart(12)}:${k.cpus.map(() => '0'.padStart(11)).join('')}\n`),
  ].join('');

const consolesText = () => `${'tty0'.padEnd(21)}-WU (EC  p  )    4:1\n`;

const DRIVERS = [
  ['/dev/tty', '/dev/tty', 5, '0', 'system:/dev/tty'],
  ['/dev/console', '/dev/console', 5, '1', 'system:console'],
  ['/dev/ptmx', '/dev/ptmx', 5, '2', 'system'],
  ['pty_slave', '/dev/pts', 136, '0-1048575', 'pty:slave'],
  ['pty_master', '/dev/ptm', 128, '0-1048575', 'pty:master'],
  ['unknown', '/dev/tty', 4, '1-63', 'console'],
] as const;

const driversText = () =>
  DRIVERS.map(
    ([driver, device, major, minors, kind]) =>
      `${driver.padEnd(20)} ${device.padEnd(12)} ${String(major).padStart(3)} ${minors.padStart(7)} ${kind}\n`,
  ).join('');

const LOCK_KINDS = { flock: 'FLOCK ', posix: 'POSIX ', ofd: 'OFDLCK' } as const;

/** One line of /proc/locks, and of fdinfo (Linux: lock_get_status). */
interface ShownLock {
  readonly family: keyof typeof LOCK_KINDS;
  readonly owner: number;
  readonly exclusive: boolean;
  readonly start: number;
  readonly end: number;
}

/** The process a lock belongs to: an open file's is that of whoever has it open first. */
function ownerOf(k: Kernel, { family, owner }: ShownLock): number {
  if (family === 'posix') return owner;
  if (family === 'ofd') return -1;
  for (const [tgid, group] of k.groups)
    for (const tid of group.threads) {
      const fds = k.filesTables.get(k.tasks.get(tid)!.files)?.fds ?? [];
      if (fds.some((entry) => entry != null && (entry.file as number) === owner)) return tgid;
    }
  return -1;
}

/** `1: POSIX  ADVISORY  WRITE 12 00:02:57 0 EOF`. */
export function lockText(k: Kernel, number: number, inode: number, lock: ShownLock): string {
  const device = k.vfs.inodes.get(inode as never)?.super ?? 0;
  const end = lock.end === Number.POSITIVE_INFINITY ? 'EOF' : String(lock.end - 1);
  const how = lock.exclusive ? 'WRITE' : 'READ ';
  const where = `00:${hex(device, 2)}:${inode}`;
  return `${number}: ${LOCK_KINDS[lock.family]} ADVISORY  ${how} ${ownerOf(k, lock)} ${where} ${lock.start} ${end}\n`;
}

function locksText(k: Kernel): string {
  let number = 0;
  const lines: string[] = [];
  for (const [inode, { locks }] of k.vfs.locks)
    for (const lock of locks) lines.push(lockText(k, ++number, inode, lock));
  return lines.join('');
}

/** Linux: kernel/sched/stats.c, version 17: what each processor's queue did, of which only times and turns are known. */
const schedstatText = (k: Kernel): string =>
  [
    'version 17\n',
    `timestamp ${ticks(k.now())}\n`,
    ...k.cpus.map((cpu) => `cpu${cpu.id} 0 0 ${cpu.switches} 0 0 0 ${cpu.busyTime} 0 ${cpu.switches}\n`),
  ].join('');

const SLAB_HEAD =
  'slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>' +
  ' : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n';

/** The kernel's records by kind. They lie on the host's heap: sizes are what Linux's on riscv64 would take. */
function slabinfoText(k: Kernel): string {
  const kinds: readonly (readonly [name: string, count: number, size: number])[] = [
    ['task_struct', k.tasks.size, 4096],
    ['signal_cache', k.groups.size, 1152],
    ['mm_struct', k.mms.size, 1408],
    ['files_cache', k.filesTables.size, 704],
    ['fs_cache', k.fsContexts.size, 64],
    ['filp', k.vfs.files.size, 256],
    ['inode_cache', k.vfs.inodes.size, 640],
  ];
  const rows = kinds.map(([name, count, size]) => {
    const [each, pages] = size >= 4096 ? [1, 1] : [Math.floor(4096 / size), 1];
    const slabs = Math.ceil(count / each);
    const sizes = [count, slabs * each, size].map((n) => String(n).padStart(6)).join(' ');
    return `${name.padEnd(17)} ${sizes} ${String(each).padStart(4)} ${String(pages).padStart(4)} : tunables    0    0    0 : slabdata ${String(slabs).padStart(6)} ${String(slabs).padStart(6)}      0\n`;
  });
  return SLAB_HEAD + rows.join('');
}

/** By name below /proc. */
export const PARTS: Readonly<Record<string, (k: Kernel) => string>> = {
  buddyinfo: buddyinfoText,
  consoles: consolesText,
  crypto: () => '',
  execdomains: () => '0-0\tLinux           \t[kernel]\n',
  interrupts: interruptsText,
  kallsyms: () => '',
  locks: locksText,
  misc: () => '',
  modules: () => '',
  schedstat: schedstatText,
  slabinfo: slabinfoText,
  softirqs: softirqsText,
  'tty/drivers': driversText,
  zoneinfo: zoneinfoText,
};
