/** An address space as the textbook draws it: every mapping by what it is for, and who else has its frames. */
import type { Kernel, Tgid, ThreadGroup } from '../../kernel/index.ts';
import {
  layout,
  type Mm,
  type PageEntry,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  type Vma,
} from '../../memory/index.ts';

const { PAGE_SIZE } = layout;

/** What a mapping is for. `library-…` is a shared object's; `shared` is memory that others may map, too. */
export type SegmentKind =
  | 'code'
  | 'read-only-data'
  | 'data'
  | 'bss'
  | 'heap'
  | 'stack'
  | 'thread-stack'
  | 'library-code'
  | 'library-data'
  | 'file'
  | 'shared'
  | 'anonymous'
  | 'guard'
  | 'kernel';

/** A mapping with what is there of it. */
export interface SegmentView {
  readonly kind: SegmentKind;
  /** Base and limit: first address, and the first one behind it. */
  readonly start: number;
  readonly end: number;
  /** As in /proc/PID/maps: `r-xp`. */
  readonly perms: string;
  readonly offset: number;
  /** Path, `[heap]`, `[stack]` …; empty for anonymous memory. */
  readonly name: string;
  /** Pages that have a frame; of them those nobody else shows, those others show, too, and those that the next write copies. */
  readonly resident: number;
  readonly private: number;
  readonly shared: number;
  readonly copyOnWrite: number;
}

/** One page of an address space. */
export interface PageView extends PageEntry {
  /** What fills it: the program's own memory, a file, memory shared by request, or the one page of zeros. */
  readonly backing: 'anonymous' | 'file' | 'shared' | 'zero';
  /** Processes that show the same frame now, this one left out. */
  readonly sharedWith: readonly number[];
}

const perms = ({ prot, shared }: Vma): string =>
  `${prot & PROT_READ ? 'r' : '-'}${prot & PROT_WRITE ? 'w' : '-'}${prot & PROT_EXEC ? 'x' : '-'}${shared ? 's' : 'p'}`;

/** All mappings, by address. */
export function segmentsOf(k: Kernel, mm: Mm): readonly SegmentView[] {
  const stacks = threadStacks(k, mm);
  return mm.vmas.map((vma) => {
    const pages = k.memory.spaces.entriesOf(mm, vma.start, vma.end).filter(({ zero }) => !zero);
    return {
      kind: kindOf(mm, vma, stacks),
      start: vma.start,
      end: vma.end,
      perms: perms(vma),
      offset: vma.offset,
      name: vma.name,
      resident: pages.length,
      private: pages.filter(({ mapped }) => mapped === 1).length,
      shared: pages.filter(({ mapped }) => mapped > 1).length,
      copyOnWrite: pages.filter(({ copyOnWrite }) => copyOnWrite).length,
    };
  });
}

function kindOf(mm: Mm, vma: Vma, stacks: ReadonlySet<Vma>): SegmentKind {
  if (vma.name === '[heap]') return 'heap';
  if (vma.growsDown || vma.name === '[stack]') return 'stack';
  if (/^\[(vdso|vvar|sigreturn)/.test(vma.name)) return 'kernel';
  if (vma.shared) return 'shared';
  if (stacks.has(vma)) return 'thread-stack';
  if (vma.prot === 0) return 'guard';
  if (vma.object === null) return isInProgram(mm, vma) ? 'bss' : 'anonymous';
  return fileKind(mm, vma);
}

function fileKind(mm: Mm, vma: Vma): SegmentKind {
  const program = mm.vmas.find(({ start, end }) => start <= mm.codeStart && mm.codeStart < end);
  if (vma.name === program?.name)
    return vma.prot & PROT_EXEC ? 'code' : vma.prot & PROT_WRITE ? 'data' : 'read-only-data';
  const isLibrary = mm.vmas.some(({ name, prot }) => name === vma.name && (prot & PROT_EXEC) !== 0);
  if (!isLibrary) return 'file';
  return vma.prot & PROT_EXEC ? 'library-code' : 'library-data';
}

/** Anonymous memory between the program's data and its heap. */
const isInProgram = (mm: Mm, { start, end }: Vma): boolean =>
  mm.dataEnd > 0 &&
  start <= mm.brkStart &&
  end > mm.dataStart &&
  start >= mm.codeStart &&
  end <= mm.brkStart + PAGE_SIZE;

/** Where the stack pointers of the threads but the first lie. */
function threadStacks(k: Kernel, mm: Mm): ReadonlySet<Vma> {
  const found = new Set<Vma>();
  for (const task of k.tasks.values()) {
    if (task.mm !== mm.id || task.run === 'zombie' || task.run === 'dead') continue;
    const vma = k.memory.spaces.vmaAt(mm, stackPointerOf(k, task.registers));
    if (vma !== undefined && !vma.growsDown && vma.object === null) found.add(vma);
  }
  return found;
}

const SP = 2;
const stackPointerOf = (k: Kernel, slot: number): number => {
  const at = (slot + SP * 8) >>> 2;
  return k.memory.frames.u32[at]! + k.memory.frames.u32[at + 1]! * 2 ** 32;
};

/** Base and limit of what the textbook calls the code, data, heap and stack segments of a program. */
export interface SegmentBounds {
  readonly kind: 'code' | 'data' | 'heap' | 'stack';
  readonly base: number;
  readonly limit: number;
}

export const boundsOf = (mm: Mm): readonly SegmentBounds[] => {
  const stack = mm.vmas.find(({ growsDown }) => growsDown);
  return [
    { kind: 'code', base: mm.codeStart, limit: mm.codeEnd },
    { kind: 'data', base: mm.dataStart, limit: endOfData(mm) },
    { kind: 'heap', base: mm.brkStart, limit: mm.brk },
    { kind: 'stack', base: stack?.start ?? 0, limit: stack?.end ?? 0 },
  ];
};

/** Behind the initialised data lies what begins as zero: the rest of its last page, and anonymous memory after it. */
function endOfData(mm: Mm): number {
  const at = mm.vmas.findIndex(({ start, end }) => start < mm.dataEnd && mm.dataEnd <= end);
  const [last, next] = [mm.vmas[at], mm.vmas[at + 1]];
  const isZeros = last !== undefined && next?.start === last.end && next.object === null && next.name === '';
  return isZeros ? next.end : mm.dataEnd;
}

/** The pages of a process that are there in a range, each with those who share its frame. */
export function pagesOfProcess(
  k: Kernel,
  pid: number,
  start?: number,
  end?: number,
): readonly PageView[] | undefined {
  const group = k.groups.get(pid as Tgid);
  if (group === undefined) return undefined;
  const mm = memoryOfGroup(k, group);
  return mm === undefined ? [] : pagesOf(k, mm, start, end);
}

/** The address space of a process; undefined when it has ended. */
export function memoryOfGroup(k: Kernel, { threads }: ThreadGroup): Mm | undefined {
  const task = [...threads].map((tid) => k.tasks.get(tid)!).find(({ mm }) => mm !== 0);
  return task === undefined || task.mm === 0 ? undefined : k.mms.get(task.mm);
}

function pagesOf(k: Kernel, mm: Mm, start?: number, end?: number): readonly PageView[] {
  const entries = k.memory.spaces.entriesOf(mm, start, end);
  const wanted = new Set(entries.filter(({ mapped, zero }) => mapped > 1 && !zero).map(({ frame }) => frame));
  const users = usersOf(k, mm, wanted);
  return entries.map((entry) => {
    const vma = k.memory.spaces.vmaAt(mm, entry.address);
    return { ...entry, backing: backingOf(k, entry, vma), sharedWith: users.get(entry.frame) ?? [] };
  });
}

function backingOf(k: Kernel, { zero, frame }: PageEntry, vma: Vma | undefined): PageView['backing'] {
  if (zero) return 'zero';
  if (vma?.object == null) return 'anonymous';
  const object = k.memory.objects.get(vma.object);
  for (const cached of object.pages.values()) if (cached === frame) return object.filled ? 'file' : 'shared';
  return 'anonymous';
}

/** Which processes show frames, by frame. */
function usersOf(k: Kernel, own: Mm, wanted: ReadonlySet<number>): ReadonlyMap<number, readonly number[]> {
  const users = new Map<number, number[]>();
  if (wanted.size === 0) return users;
  const spaces = new Map<Mm, number[]>();
  for (const group of k.groups.values()) {
    const mm = memoryOfGroup(k, group);
    if (mm !== undefined && mm !== own) spaces.set(mm, [...(spaces.get(mm) ?? []), group.tgid]);
  }
  for (const [mm, pids] of spaces)
    for (const { frame } of k.memory.spaces.entriesOf(mm))
      if (wanted.has(frame)) users.set(frame, [...new Set([...(users.get(frame) ?? []), ...pids])]);
  return users;
}
