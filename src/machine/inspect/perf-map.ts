/**
 * Names for code that a program made while it ran: just-in-time compilers tell `perf` where their functions lie, in
 * `/tmp/perf-PID.map`, a function a line. Linux: tools/perf/Documentation/jit-interface.txt
 */
import { decodeUtf8 } from '../../base/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import type { Mm, PageObjectId } from '../../memory/index.ts';
import { crossMounts, inodeOf, type Place } from '../../vfs/index.ts';
import { glanceObject } from './glance.ts';

/** A function that was compiled while the program ran. */
export interface CompiledFunction {
  readonly start: number;
  readonly size: number;
  readonly name: string;
}

const MOST_BYTES = 2 ** 26;
const LINE = /^(?:0x)?([0-9a-f]{1,12}) (?:0x)?([0-9a-f]{1,12}) (.+)$/i;

/** The functions of a map's text by address; of two at one address the later line counts. */
export function parsePerfMap(text: string): readonly CompiledFunction[] {
  const found = new Map<number, CompiledFunction>();
  for (const line of text.split('\n')) {
    const [, start, size, name] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const at = Number.parseInt(start!, 16);
    found.set(at, { start: at, size: Number.parseInt(size!, 16), name });
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** The maps of processes, each read again when it has grown. */
export class PerfMaps {
  readonly #k: Kernel;
  readonly #known = new Map<
    PageObjectId,
    { readonly size: number; readonly map: readonly CompiledFunction[] }
  >();

  constructor(k: Kernel) {
    this.#k = k;
  }

  /** The compiled function at an address of a process. */
  at(mm: Mm, address: number): CompiledFunction | undefined {
    const map = this.#mapOf(mm);
    let low = 0;
    let high = map.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (map[middle]!.start > address) high = middle;
      else low = middle + 1;
    }
    const found = map[low - 1];
    return found !== undefined && address < found.start + found.size ? found : undefined;
  }

  #mapOf(mm: Mm): readonly CompiledFunction[] {
    const id = mapFile(this.#k, mm);
    if (id === 0) return [];
    const { size } = this.#k.memory.objects.get(id);
    const known = this.#known.get(id);
    if (known?.size === size) return known.map;
    const bytes = new Uint8Array(Math.min(size, MOST_BYTES));
    glanceObject(this.#k, id, 0, bytes);
    const map = parsePerfMap(decodeUtf8(bytes));
    this.#known.set(id, { size, map });
    return map;
  }
}

/** The contents of the file that whoever has this memory has written; 0 when there is none. */
function mapFile(k: Kernel, mm: Mm): PageObjectId | 0 {
  for (const task of k.tasks.values()) {
    const fs = task.mm === mm.id ? k.fsContexts.get(task.fs) : undefined;
    if (fs === undefined) continue;
    const folder = childOf(k, fs.root, 'tmp');
    const file = folder && childOf(k, folder, `perf-${task.group}.map`);
    return file === null ? 0 : inodeOf(k.vfs, file.inode).pages;
  }
  return 0;
}

/** What has a name in a directory, as far as a program has looked at it: a view looks nothing up. */
function childOf(k: Kernel, { mount, inode }: Place, name: string): Place | null {
  const child = inodeOf(k.vfs, inode).entries?.get(name) ?? 0;
  return child === 0 ? null : crossMounts(k.vfs, mount, child);
}
