/** The text files of /sys: processors and the one node of memory. */
import type { ProcNode } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { rangeText } from './format.ts';

const PAGE_KIB = 4;

const everyCpu = (k: Kernel): string => rangeText(-1, k.options.cpus);

/** Masks are words of 32 bits, the highest first. */
const maskText = (bits: number): string => (bits >>> 0).toString(16);
const allMask = ({ options: { cpus } }: Kernel): string => maskText(cpus >= 32 ? -1 : 2 ** cpus - 1);

function nodeMemory(k: Kernel): string {
  const { total, free, anonymous, file, shmem, tables } = k.memory.usage();
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', free],
    ['MemUsed', total - free],
    ['Active', anonymous + file + shmem],
    ['Inactive', 0],
    ['FilePages', file + shmem],
    ['AnonPages', anonymous],
    ['Shmem', shmem],
    ['PageTables', tables],
  ];
  return rows
    .map(([name, pages]) => `Node 0 ${`${name}:`.padEnd(15)} ${String(pages * PAGE_KIB).padStart(8)} kB`)
    .join('\n');
}

const NUMA_COUNTS = ['numa_hit', 'numa_miss', 'numa_foreign', 'interleave_hit', 'local_node', 'other_node'];

/** What a file says without its newline. On a package's cores run one thread each. */
const TEXT: Readonly<Record<string, (k: Kernel, cpu: number) => string | number>> = {
  'cpu/isolated': () => '',
  'cpu/kernel_max': (k) => k.options.cpus - 1,
  'cpu/offline': () => '',
  'cpu/online': everyCpu,
  'cpu/possible': everyCpu,
  'cpu/present': everyCpu,
  'topology/core_cpus': (_k, cpu) => maskText(1 << cpu),
  'topology/core_cpus_list': (_k, cpu) => cpu,
  'topology/core_id': (_k, cpu) => cpu,
  'topology/core_siblings': allMask,
  'topology/core_siblings_list': everyCpu,
  'topology/package_cpus': allMask,
  'topology/package_cpus_list': everyCpu,
  'topology/physical_package_id': () => 0,
  'topology/thread_siblings': (_k, cpu) => maskText(1 << cpu),
  'topology/thread_siblings_list': (_k, cpu) => cpu,
  'node/has_cpu': () => 0,
  'node/has_memory': () => 0,
  'node/has_normal_memory': () => 0,
  'node/online': () => 0,
  'node/possible': () => 0,
  'node0/cpulist': everyCpu,
  'node0/cpumap': allMask,
  'node0/distance': () => 10,
  'node0/meminfo': nodeMemory,
  'node0/numastat': () => NUMA_COUNTS.map((name) => `${name} 0`).join('\n'),
  'node0/vmstat': (k) => `nr_free_pages ${k.memory.usage().free}`,
};

const PREFIX = 'sysfs/';

/** The text of a node of /sys; null for one of /proc. */
export function sysfsText(k: Kernel, { make, arg }: ProcNode): string | null {
  if (!make.startsWith(PREFIX)) return null;
  return `${TEXT[make.slice(PREFIX.length)]!(k, arg)}\n`;
}
