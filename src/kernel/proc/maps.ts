/** /proc/PID/maps, smaps and smaps_rollup. Linux: fs/proc/task_mmu.c. */
import type { Mm, Vma } from '../../memory/index.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../memory/index.ts';
import type { InodeId } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { alignedKib, escapeName, hex } from './format.ts';

/** The column at which names stand. */
const NAME_COLUMN = 73;
const PAGE_KIB = 4096;

const bit = (prot: number, which: number, letter: string) => (prot & which ? letter : '-');

function lineOf(k: Kernel, vma: Vma): string {
  const inode = vma.inode === 0 ? undefined : k.vfs.inodes.get(vma.inode as InodeId);
  const permissions = [
    bit(vma.prot, PROT_READ, 'r'),
    bit(vma.prot, PROT_WRITE, 'w'),
    bit(vma.prot, PROT_EXEC, 'x'),
    vma.shared ? 's' : 'p',
  ].join('');
  const device = inode === undefined ? '00:00' : `00:${hex(inode.super, 2)}`;
  const head = `${hex(vma.start, 8)}-${hex(vma.end, 8)} ${permissions} ${hex(vma.offset, 8)} ${device} ${vma.inode} `;
  const name = nameOf(vma);
  return name === '' ? `${head}\n` : `${head.padEnd(NAME_COLUMN)}${escapeName(name)}\n`;
}

/** Anonymous memory may have been named (PR_SET_VMA_ANON_NAME). */
const nameOf = ({ name, label, object }: Vma): string =>
  label === null || (name !== '' && object === null)
    ? name
    : `[${object === null ? 'anon' : 'anon_shmem'}:${label}]`;

export const mapsText = (k: Kernel, mm: Mm): string => mm.vmas.map((vma) => lineOf(k, vma)).join('');

/** The sums of smaps in the order Linux prints them. */
type Sums = ReturnType<Kernel['memory']['spaces']['statistics']>;
const SUM_ROWS: readonly (readonly [name: string, of: (sums: Sums, vma: Vma | null) => number])[] = [
  ['Rss', (s) => s.rss],
  ['Pss', (s) => s.pss],
  ['Pss_Dirty', (s) => s.pssDirty],
  ['Shared_Clean', (s) => s.sharedClean],
  ['Shared_Dirty', (s) => s.sharedDirty],
  ['Private_Clean', (s) => s.privateClean],
  ['Private_Dirty', (s) => s.privateDirty],
  ['Referenced', (s) => s.referenced],
  ['Anonymous', (s) => s.anonymous],
  ['KSM', () => 0],
  ['LazyFree', () => 0],
  ['AnonHugePages', () => 0],
  ['ShmemPmdMapped', () => 0],
  ['FilePmdMapped', () => 0],
  ['Shared_Hugetlb', () => 0],
  ['Private_Hugetlb', () => 0],
  ['Swap', () => 0],
  ['SwapPss', () => 0],
  ['Locked', (s, vma) => (vma?.locked ? s.pss : 0)],
];

/** What only the sum over all mappings tells, behind Pss_Dirty. */
const ROLLUP_ROWS: typeof SUM_ROWS = [
  ['Pss_Anon', (s) => s.pssAnon],
  ['Pss_File', (s) => s.pssFile],
  ['Pss_Shmem', (s) => s.pssShmem],
];

const sumsText = (sums: Sums, vma: Vma | null): string => {
  const rows = vma === null ? [...SUM_ROWS.slice(0, 3), ...ROLLUP_ROWS, ...SUM_ROWS.slice(3)] : SUM_ROWS;
  return rows.map(([name, of]) => alignedKib(name, of(sums, vma))).join('');
};

/** Flags of VmFlags that are known here, in Linux's order. */
function vmFlags({ prot, shared, mayWrite, growsDown, locked, dontFork, wipeOnFork, sealed }: Vma): string {
  const all: readonly (readonly [boolean, string])[] = [
    [(prot & PROT_READ) !== 0, 'rd'],
    [(prot & PROT_WRITE) !== 0, 'wr'],
    [(prot & PROT_EXEC) !== 0, 'ex'],
    [shared, 'sh'],
    [true, 'mr'],
    [mayWrite || !shared, 'mw'],
    [true, 'me'],
    [shared, 'ms'],
    [growsDown, 'gd'],
    [locked, 'lo'],
    [dontFork, 'dc'],
    [wipeOnFork, 'wf'],
    [sealed, 'sl'],
  ];
  return `VmFlags: ${all.map(([holds, name]) => (holds ? `${name} ` : '')).join('')}\n`;
}

export const smapsText = (k: Kernel, mm: Mm): string =>
  mm.vmas
    .map((vma) =>
      [
        lineOf(k, vma),
        alignedKib('Size', vma.end - vma.start),
        alignedKib('KernelPageSize', PAGE_KIB),
        alignedKib('MMUPageSize', PAGE_KIB),
        sumsText(k.memory.spaces.statistics(mm, vma), vma),
        `${'THPeligible:'.padEnd(16)}${'0'.padStart(8)}\n`,
        vmFlags(vma),
      ].join(''),
    )
    .join('');

export function smapsRollupText(k: Kernel, mm: Mm): string {
  const [first, last] = [mm.vmas[0], mm.vmas.at(-1)];
  if (first === undefined || last === undefined) return '';
  const total: Sums = { ...k.memory.spaces.statistics(mm, first) };
  for (const vma of mm.vmas.slice(1)) {
    const more = k.memory.spaces.statistics(mm, vma);
    for (const key of Object.keys(total) as (keyof Sums)[]) total[key] += more[key];
  }
  const range = `${hex(first.start, 8)}-${hex(last.end, 8)} ---p 00000000 00:00 0 `;
  return `${range.padEnd(NAME_COLUMN)}[rollup]\n${sumsText(total, null)}`;
}
