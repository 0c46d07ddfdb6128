/** What /proc shows of a process's inside to debuggers: its memory, and the call it is in. */
import { CAP, type Errno } from '../../abi/index.ts';
import { layout, type Mm } from '../../memory/index.ts';
import type { ProcNode } from '../../vfs/index.ts';
import { capable } from '../capable.ts';
import { saveLoaded } from '../cpu.ts';
import type { Kernel } from '../kernel.ts';
import { getSaved } from '../register-file.ts';
import { memoryOf, type Who, whoIs } from './who.ts';

function spaceOf(k: Kernel, node: ProcNode): Mm | undefined {
  const who = whoIs(k, node);
  return who === null ? undefined : memoryOf(k, who);
}

/** Reads whatever the mappings allow; gives how many bytes came before a page that is not there. */
export function peekMemory(k: Kernel, node: ProcNode, address: number, into: Uint8Array): number | null {
  const mm = spaceOf(k, node);
  if (mm === undefined) return null;
  return node.make === 'PID/pagemap'
    ? peekPages(k, mm, address, into)
    : k.memory.user.peek(mm, address, into);
}

const PAGE_SIZE = 4096;
const ENTRY = 8;
/** In the high word of an entry: the page is there, it is a file's or shared, nobody else maps it. */
const PRESENT = 0x80000000;
const OF_FILE = 0x20000000;
const EXCLUSIVE = 0x01000000;

/**
 * Entries of /proc/PID/pagemap. Which frame it is, only CAP_SYS_ADMIN may know; pages are never swapped, and as on
 * riscv64 nobody marks soft-dirty ones. Linux: fs/proc/task_mmu.c, pagemap_pmd_range().
 */
function peekPages(k: Kernel, mm: Mm, position: number, into: Uint8Array): number {
  const first = position / ENTRY;
  const pages = Math.min(into.length / ENTRY, Math.max(0, layout.USER_END / PAGE_SIZE - first));
  into.fill(0);
  const view = new DataView(into.buffer, into.byteOffset);
  const tells = capable(k, CAP.CAP_SYS_ADMIN);
  for (const page of k.memory.spaces.entriesOf(mm, first * PAGE_SIZE, (first + pages) * PAGE_SIZE)) {
    const at = (page.address / PAGE_SIZE - first) * ENTRY;
    const kind = page.zero || page.isAnonymous ? 0 : OF_FILE;
    const own = page.mapped === 1 && !page.zero ? EXCLUSIVE : 0;
    if (tells) view.setUint32(at, page.frame, true);
    view.setUint32(at + 4, (PRESENT | kind | own) >>> 0, true);
  }
  return pages * ENTRY;
}

const ANONYMOUS_PAGES = 2;
const FILE_PAGES = 3;
const SOFT_DIRTY = 4;
const PEAK = 5;

/** Writing to /proc/PID/clear_refs. Linux: fs/proc/task_mmu.c, clear_refs_write(). */
export function writeClearRefs(k: Kernel, who: Who, text: string): Errno | null {
  const what = /^\s*[1-5]\s*$/.test(text) ? Number(text) : 0;
  if (what === 0) return 'EINVAL';
  const mm = memoryOf(k, who);
  if (mm === undefined || what === SOFT_DIRTY) return null;
  if (what === PEAK) mm.rssPeak = mm.rssAnon + mm.rssFile + mm.rssShmem;
  else {
    const spares = { [ANONYMOUS_PAGES]: 'files', [FILE_PAGES]: 'anonymous' } as const;
    k.memory.spaces.forgetReferences(mm, spares[what as 2 | 3] ?? 'nothing');
  }
  return null;
}

/** Writes whatever the mappings allow; gives how many bytes were written. */
export function pokeMemory(k: Kernel, node: ProcNode, address: number, from: Uint8Array): number | null {
  const mm = spaceOf(k, node);
  if (mm === undefined) return null;
  let done = 0;
  while (done < from.length) {
    const at = address + done;
    const bytes = from.subarray(done, done + PAGE_SIZE - (at % PAGE_SIZE));
    if (!k.memory.user.poke(mm, at, bytes)) break;
    done += bytes.length;
  }
  return done;
}

const SP = 2;
const A0 = 10;
const A7 = 17;
const hex = (value: number) => `0x${value.toString(16)}`;

/** Number and arguments of the call a task waits in, its stack pointer and pc (man 5 proc). */
export function syscallText(k: Kernel, { task }: Who): string {
  const isAway = task === k.task || task.run === 'blocked' || task.run === 'stopped';
  if (!isAway) return task.run === 'zombie' ? '' : 'running\n';
  saveLoaded(k);
  const saved = (register: number | 'pc') => getSaved(k.memory.frames, task.registers, register);
  const isEntering = task.traced?.stop === 'syscall-enter';
  const where = [hex(saved(SP)), hex(saved('pc') + (task.call === null || isEntering ? 0 : 4))];
  if (task.call === null && !isEntering) return `-1 ${where.join(' ')}\n`;
  const args = [0, 1, 2, 3, 4, 5].map((i) => hex(saved(A0 + i)));
  if (isEntering) args[0] = hex((task.traced!.a0hi >>> 0) * 2 ** 32 + (task.traced!.a0lo >>> 0));
  return `${[saved(A7), ...args, ...where].join(' ')}\n`;
}
