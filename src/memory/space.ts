/** The life of an address space: created empty, forked by sharing its leaf tables, released with its last user. */
import type { Context } from './context.ts';
import { KIND_TABLE, WORDS } from './frames.ts';
import { PAGE_SIZE, PTE_SHARED_TABLE, PTE_V, USER_END } from './layout.ts';
import {
  dropTable,
  END_PAGE,
  frameOf,
  level1Slot,
  nextLeaf,
  prepareZap,
  pteOf,
  TABLE_PAGES,
  zap,
} from './page-table.ts';
import { activate, renewAsid } from './tags.ts';
import type { Mm, MmId, Vma } from './types.ts';
import { dropObject, holdObject, indexAt, pageOf } from './vma.ts';

/** Room above the place where mmap begins, for the stack and its growth, until exec says otherwise. */
const STACK_ROOM = 128 * 2 ** 20;
const DEFAULT_STACK_LIMIT = 8 * 2 ** 20;

/** An empty address space with one user. */
export function createMm(m: Context): Mm | 'ENOMEM' {
  const root = m.frames.alloc(KIND_TABLE);
  if (root === 0) return 'ENOMEM';
  const mm: Mm = {
    id: m.nextMm++ as MmId,
    root,
    asid: 0,
    vmas: [],
    users: 1,
    brkStart: 0,
    brk: 0,
    mmapTop: USER_END - STACK_ROOM,
    stackLimit: DEFAULT_STACK_LIMIT,
    locksFuture: false,
    locksOnFault: false,
    codeStart: 0,
    codeEnd: 0,
    dataStart: 0,
    dataEnd: 0,
    stackStart: 0,
    argStart: 0,
    argEnd: 0,
    envStart: 0,
    envEnd: 0,
    auxv: new Uint8Array(0),
    rssAnon: 0,
    rssFile: 0,
    rssShmem: 0,
    rssPeak: 0,
    total: 0,
    totalPeak: 0,
    isReaped: false,
    minorFaults: 0,
    majorFaults: 0,
  };
  m.mms.set(mm.id, mm);
  activate(m, mm);
  return mm;
}

/** A copy with one user. Frames and leaf tables are shared until somebody writes. Linux: dup_mmap(). */
export function forkMm(m: Context, parent: Mm): Mm | 'ENOMEM' {
  const root = m.frames.alloc(KIND_TABLE);
  if (root === 0) return 'ENOMEM';
  const id = m.nextMm++ as MmId;
  const vmas = parent.vmas.map(copyVma);
  const child: Mm = { ...parent, id, root, asid: 0, users: 1, vmas, minorFaults: 0, majorFaults: 0 };
  child.locksFuture = false;
  child.locksOnFault = false;
  child.totalPeak = child.total;
  child.rssPeak = child.rssAnon + child.rssFile + child.rssShmem;
  m.mms.set(id, child);
  activate(m, child);
  for (const { object } of vmas) holdObject(m, object);
  const complete = shareTables(m, parent, child) && leaveOut(m, child);
  // The parent's translations that allow writing must go: its pages are shared now.
  renewAsid(m, parent);
  if (complete) return child;
  releaseMm(m, child);
  return 'ENOMEM';
}

/** Locks are not inherited (man 2 mlock). */
const copyVma = (vma: Vma): Vma => ({ ...vma, locked: false, lockedOnFault: false });

function shareTables(m: Context, parent: Mm, child: Mm): boolean {
  const { u32, counts } = m.frames;
  for (let page = nextTable(m, parent, 0); page < END_PAGE; page = nextTable(m, parent, page + TABLE_PAGES)) {
    const above = child.root * WORDS + (page >>> 18) * 2;
    if (u32[above] === 0) {
      const table = m.frames.alloc(KIND_TABLE);
      if (table === 0) return false;
      u32[above] = pteOf(table, PTE_V);
    }
    const from = level1Slot(m, parent, page);
    const entry = u32[from]! | PTE_SHARED_TABLE;
    counts[frameOf(entry)]!++;
    u32[from] = entry;
    u32[level1Slot(m, child, page)] = entry;
  }
  return true;
}

/**
 * The first page of the next leaf table at `page` or behind it, END_PAGE after the last. Tables are only where
 * mappings are, so that what lies between costs nothing.
 */
function nextTable(m: Context, mm: Mm, page: number): number {
  const { vmas } = mm;
  for (let i = indexAt(mm, page * PAGE_SIZE); i < vmas.length; i++) {
    const { start, end } = vmas[i]!;
    const last = pageOf(end);
    const found = nextLeaf(m, mm, Math.max(page, pageOf(start)), last);
    if (found < last) return found & ~(TABLE_PAGES - 1);
  }
  return END_PAGE;
}

/** MADV_DONTFORK and MADV_WIPEONFORK: what the child does not get. */
function leaveOut(m: Context, child: Mm): boolean {
  const { vmas } = child;
  if (!vmas.some((vma) => vma.dontFork || vma.wipeOnFork)) return true;
  // Tables go with what is left out: nobody looks for them where nothing is mapped.
  let floor = 0;
  for (const [i, { start, end, dontFork, wipeOnFork }] of vmas.entries()) {
    const ceiling = dontFork ? pageOf(vmas[i + 1]?.start ?? USER_END) : pageOf(end);
    const range = {
      first: pageOf(start),
      end: pageOf(end),
      floor: dontFork ? floor : pageOf(start),
      ceiling,
    };
    if (!dontFork) floor = pageOf(end);
    if (!dontFork && !wipeOnFork) continue;
    if (!prepareZap(m, child, range)) return false;
    zap(m, child, range);
  }
  for (const { dontFork, object, start, end } of vmas) {
    if (!dontFork) continue;
    dropObject(m, object);
    child.total -= end - start;
  }
  child.totalPeak = child.total;
  child.vmas = vmas.filter(({ dontFork }) => !dontFork);
  return true;
}

/** One user less; the last one frees everything. */
export function releaseMm(m: Context, mm: Mm): void {
  if (--mm.users > 0) return;
  releaseTables(m, mm);
  for (const vma of mm.vmas) dropObject(m, vma.object);
  mm.vmas = [];
  mm.total = 0;
  m.mms.delete(mm.id);
}

/**
 * Takes all pages away from an address space whose process is about to die, without waiting for it. Needs no memory
 * itself. Gives whether there was anything to take. Linux: __oom_reap_task_mm().
 */
export function reapMm(m: Context, mm: Mm): boolean {
  const { free } = m.frames;
  dropTables(m, mm);
  mm.isReaped = true;
  mm.rssAnon = mm.rssFile = mm.rssShmem = 0;
  renewAsid(m, mm);
  return m.frames.free > free;
}

function releaseTables(m: Context, mm: Mm): void {
  dropTables(m, mm);
  m.frames.release(mm.root);
}

function dropTables(m: Context, mm: Mm): void {
  const { u32 } = m.frames;
  for (let page = nextTable(m, mm, 0); page < END_PAGE; page = nextTable(m, mm, page + TABLE_PAGES))
    dropTable(m, level1Slot(m, mm, page));
  for (let i = mm.root * WORDS; i < mm.root * WORDS + ROOT_WORDS; i += 2)
    if (u32[i] !== 0) {
      m.frames.release(frameOf(u32[i]!));
      u32[i] = 0;
    }
}
/** The user's half of a root table. */
const ROOT_WORDS = (END_PAGE >>> 18) * 2;
