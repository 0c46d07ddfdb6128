/**
 * Reading memory and files without a trace: a view must not bring in a page, or the machine would remember that
 * somebody looked.
 */
import type { Kernel } from '../../kernel/index.ts';
import { layout, type Mm, type PageObject, type PageObjectId } from '../../memory/index.ts';

const { PAGE_SIZE } = layout;

/** What part of a file is cached lies in frames; the rest is read from its layer. */
export function glanceObject(k: Kernel, id: PageObjectId, offset: number, into: Uint8Array): void {
  const object = k.memory.objects.get(id);
  for (let done = 0; done < into.length; ) {
    const at = offset + done;
    const start = at % PAGE_SIZE;
    const count = Math.min(PAGE_SIZE - start, into.length - done);
    copyPage(k, object, Math.floor(at / PAGE_SIZE), start, into.subarray(done, done + count));
    done += count;
  }
}

function copyPage(k: Kernel, object: PageObject, page: number, start: number, into: Uint8Array): void {
  const frame = object.pages.get(page);
  if (frame !== undefined) {
    const at = frame * PAGE_SIZE + start;
    into.set(k.memory.frames.u8.subarray(at, at + into.length));
    return;
  }
  const origin = object.filled ? k.vfs.fills.get(object.id) : undefined;
  const from = page * PAGE_SIZE + start;
  const there = Math.max(0, Math.min(into.length, object.filledSize - from));
  const layer = origin === undefined ? undefined : k.vfs.layers[origin.layer];
  const count = layer === undefined ? 0 : layer.read(origin!.node, from, into.subarray(0, there));
  into.fill(0, count);
}

/** Fills `into` from an address space; gives how many bytes came before one that is not mapped. */
export function glance(k: Kernel, mm: Mm, address: number, into: Uint8Array): number {
  for (let done = 0; done < into.length; ) {
    const at = address + done;
    const start = at % PAGE_SIZE;
    const part = into.subarray(done, done + Math.min(PAGE_SIZE - start, into.length - done));
    if (!glancePage(k, mm, at - start, start, part)) return done;
    done += part.length;
  }
  return into.length;
}

function glancePage(k: Kernel, mm: Mm, page: number, start: number, into: Uint8Array): boolean {
  const [entry] = k.memory.spaces.entriesOf(mm, page, page + PAGE_SIZE);
  if (entry !== undefined) {
    const at = entry.frame * PAGE_SIZE + start;
    into.set(k.memory.frames.u8.subarray(at, at + into.length));
    return true;
  }
  const vma = k.memory.spaces.vmaAt(mm, page);
  if (vma === undefined) return false;
  if (vma.object === null) into.fill(0);
  else glanceObject(k, vma.object, vma.offset + page - vma.start + start, into);
  return true;
}

/** A little-endian word of 32 bits; undefined where nothing is mapped. */
export function glance32(k: Kernel, mm: Mm, address: number): number | undefined {
  const bytes = new Uint8Array(4);
  if (glance(k, mm, address, bytes) < 4) return undefined;
  return new DataView(bytes.buffer).getUint32(0, true);
}

/** A little-endian word of 64 bits, rounded above 2^53; undefined where nothing is mapped. */
export function glance64(k: Kernel, mm: Mm, address: number): number | undefined {
  const bytes = new Uint8Array(8);
  if (glance(k, mm, address, bytes) < 8) return undefined;
  const view = new DataView(bytes.buffer);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}
