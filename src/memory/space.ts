/** The life of an address space: created empty, forked by sharing its leaf tables, released with its last user. */
import type { Context } from './context.ts';
import { KIND_TABLE, WORDS } from './frames.ts';
import { PTE_SHARED_TABLE, PTE_V, USER_END } from './layout.ts';
import { dropTable, frameOf, prepareZap, pteOf, zap } from './page-table.ts';
import { activate, renewAsid } from './tags.ts';
import type { Frame, Mm, MmId, Vma } from './types.ts';
import { dropObject, holdObject, pageOf } from './vma.ts';

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
  const child: Mm = { ...parent, id, root, asid: 0, users: 1, vmas: [], minorFaults: 0, majorFaults: 0 };
  child.rssPeak = child.rssAnon + child.rssFile + child.rssShmem;
  m.mms.set(id, child);
  activate(m, child);
  for (const vma of parent.vmas) {
    holdObject(m, vma.object);
    child.vmas.push({ ...vma, locked: false });
  }
  const complete = shareTables(m, parent, child) && leaveOut(m, child);
  // The parent's translations that allow writing must go: its pages are shared now.
  renewAsid(m, parent);
  if (complete) return child;
  releaseMm(m, child);
  return 'ENOMEM';
}

function shareTables(m: Context, parent: Mm, child: Mm): boolean {
  const { u32 } = m.frames;
  for (let i = 0; i < WORDS; i += 2) {
    const entry = u32[parent.root * WORDS + i]!;
    if (entry === 0) continue;
    const table = m.frames.alloc(KIND_TABLE);
    if (table === 0) return false;
    u32[child.root * WORDS + i] = pteOf(table, PTE_V);
    shareLeaves(m, frameOf(entry), table);
  }
  return true;
}

function shareLeaves({ frames: { u32, counts } }: Context, from: Frame, to: Frame): void {
  for (let i = 0; i < WORDS; i += 2) {
    const leaf = u32[from * WORDS + i]!;
    if (leaf === 0) continue;
    counts[frameOf(leaf)]!++;
    u32[from * WORDS + i] = u32[to * WORDS + i] = leaf | PTE_SHARED_TABLE;
  }
}

/** MADV_DONTFORK and MADV_WIPEONFORK: what the child does not get. */
function leaveOut(m: Context, child: Mm): boolean {
  const out = child.vmas.filter((vma) => vma.dontFork || vma.wipeOnFork);
  for (const { start, end } of out) {
    const range = { first: pageOf(start), end: pageOf(end), floor: pageOf(start), ceiling: pageOf(end) };
    if (!prepareZap(m, child, range)) return false;
    zap(m, child, range);
  }
  if (out.length === 0) return true;
  const kept = (vma: Vma) => !vma.dontFork;
  for (const vma of child.vmas) if (!kept(vma)) dropObject(m, vma.object);
  child.vmas = child.vmas.filter(kept);
  return true;
}

/** One user less; the last one frees everything. */
export function releaseMm(m: Context, mm: Mm): void {
  if (--mm.users > 0) return;
  const { u32 } = m.frames;
  for (let i = mm.root * WORDS; i < (mm.root + 1) * WORDS; i += 2) {
    if (u32[i] === 0) continue;
    const table = frameOf(u32[i]!);
    for (let k = table * WORDS; k < (table + 1) * WORDS; k += 2) if (u32[k] !== 0) dropTable(m, k);
    m.frames.release(table);
  }
  m.frames.release(mm.root);
  for (const vma of mm.vmas) dropObject(m, vma.object);
  mm.vmas = [];
  m.mms.delete(mm.id);
}
