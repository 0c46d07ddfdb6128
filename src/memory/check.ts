/** Two walks over everything: a check that no frame leaks or is held twice, and a hash of all state. */
import { type Hash, hashNumber, hashText, hashWord } from '../base/index.ts';
import type { Context } from './context.ts';
import { KIND_ANONYMOUS, KIND_FILE, KIND_FREE, KIND_SHMEM, WORDS } from './frames.ts';
import { END_PAGE, frameOf, leafSlot, nextLeaf } from './page-table.ts';
import type { Frame, Mm, PageObject, Vma } from './types.ts';

/**
 * Compares every frame's count with the references that can be found, and every sum with its parts. Gives one
 * sentence per difference. `others` are frames that somebody outside of this layer holds.
 */
export function check(m: Context, others: Iterable<Frame> = []): string[] {
  const found = new Uint32Array(m.frames.counts.length);
  found[m.zero]!++;
  for (const frame of others) found[frame]!++;
  for (const object of m.objects.all.values()) for (const frame of object.pages.values()) found[frame]!++;
  for (const mm of m.mms.values()) countTables(m, mm, found);
  const wrong: string[] = [];
  let free = m.frames.total;
  m.frames.counts.forEach((count, frame) => {
    if (count > 0) free--;
    if (count !== found[frame]) wrong.push(`frame ${frame} counts ${count}, but ${found[frame]} were found`);
    if ((count === 0) !== (m.frames.kinds[frame] === KIND_FREE))
      wrong.push(`frame ${frame} has a wrong kind`);
  });
  if (free !== m.frames.free) wrong.push(`${m.frames.free} frames are said to be free, ${free} are`);
  for (const mm of m.mms.values()) wrong.push(...checkResident(m, mm), ...checkVmas(mm), ...checkTotal(mm));
  return [...wrong, ...checkObjects(m)];
}

function countTables({ frames: { u32 } }: Context, mm: Mm, found: Uint32Array): void {
  const children = (table: number) =>
    Array.from({ length: WORDS / 2 }, (_, i) => u32[table * WORDS + i * 2]!).filter((entry) => entry !== 0);
  found[mm.root]!++;
  for (const top of children(mm.root)) {
    found[frameOf(top)]!++;
    for (const middle of children(frameOf(top))) {
      // A leaf table's own references are counted once, however many share it.
      if (found[frameOf(middle)]!++ > 0) continue;
      for (const leaf of children(frameOf(middle))) found[frameOf(leaf)]!++;
    }
  }
}

function checkResident(m: Context, mm: Mm): string[] {
  const pages = new Uint32Array(8);
  const outside: string[] = [];
  for (let page = nextLeaf(m, mm, 0, END_PAGE); page < END_PAGE; page = nextLeaf(m, mm, page + 1, END_PAGE)) {
    const pte = m.frames.u32[leafSlot(m, mm, page)]!;
    if (pte === 0) continue;
    pages[m.frames.kinds[frameOf(pte)]!]!++;
    const mapped = mm.vmas.some((vma) => vma.start <= page * 4096 && page * 4096 < vma.end);
    if (!mapped) outside.push(`page ${page} of mm ${mm.id} is present but not mapped`);
  }
  const sums = `${mm.rssAnon} ${mm.rssFile} ${mm.rssShmem}`;
  const real = `${pages[KIND_ANONYMOUS]} ${pages[KIND_FILE]} ${pages[KIND_SHMEM]}`;
  return sums === real
    ? outside
    : [...outside, `mm ${mm.id} says ${sums} pages are resident, but ${real} are`];
}

function checkTotal({ id, vmas, total }: Mm): string[] {
  const real = vmas.reduce((sum, { start, end }) => sum + end - start, 0);
  return real === total ? [] : [`mm ${id} says ${total} bytes are mapped, but ${real} are`];
}

function checkVmas({ id, vmas }: Mm): string[] {
  const wrong = vmas.filter((vma, i) => vma.start >= vma.end || (i > 0 && vmas[i - 1]!.end > vma.start));
  return wrong.map((vma) => `mm ${id}: the mapping at ${vma.start.toString(16)} overlaps or is empty`);
}

function checkObjects(m: Context): string[] {
  const mappings = new Map<number, number>();
  for (const mm of m.mms.values()) {
    for (const { object } of mm.vmas)
      if (object !== null) mappings.set(object, (mappings.get(object) ?? 0) + 1);
  }
  const isWrong = ({ id, mappings: said, refs }: PageObject) =>
    said !== (mappings.get(id) ?? 0) || refs < said;
  return [...m.objects.all.values()]
    .filter(isWrong)
    .map(({ id }) => `object ${id} counts its mappings wrong`);
}

/** Adds all state of this layer to a running hash: live frames with their contents, mappings and objects. */
export function hashMemory({ frames, mms, objects }: Context, hash: Hash): void {
  const { counts, kinds, u32 } = frames;
  for (let frame = 0; frame < counts.length; frame++) {
    if (counts[frame] === 0) continue;
    hashWord(hash, frame);
    hashWord(hash, counts[frame]! * 8 + kinds[frame]!);
    for (let at = frame * WORDS; at < (frame + 1) * WORDS; at++) hashWord(hash, u32[at]!);
  }
  for (const mm of mms.values()) hashMm(hash, mm);
  for (const object of objects.all.values()) {
    for (const value of [object.id, object.size, object.filledSize, object.refs]) hashNumber(hash, value);
    for (const [index, frame] of object.pages) {
      hashNumber(hash, index);
      hashWord(hash, frame);
    }
  }
}

function hashMm(hash: Hash, mm: Mm): void {
  const { id, root, users, brk, minorFaults, majorFaults, vmas } = mm;
  for (const value of [id, root, users, brk, minorFaults, majorFaults]) hashNumber(hash, value);
  for (const vma of vmas) {
    for (const value of [vma.start, vma.end, flagsOf(vma), vma.object ?? 0, vma.offset])
      hashNumber(hash, value);
    hashText(hash, vma.name);
    if (vma.label !== null) hashText(hash, `=${vma.label}`);
  }
}

const flagsOf = ({ prot, shared, growsDown, mayWrite, dontFork, wipeOnFork, ...rest }: Vma): number =>
  [shared, growsDown, mayWrite, dontFork, wipeOnFork, rest.locked, rest.lockedOnFault, rest.sealed].reduce(
    (sum, flag) => sum * 2 + (flag ? 1 : 0),
    prot,
  );
