/** The memory of one machine: frames, page objects, address spaces and the kernel's door to user memory. */
import { bug, type Hash } from '../base/index.ts';
import { check, hashMemory } from './check.ts';
import type { Context } from './context.ts';
import { Frames, KIND_ZERO } from './frames.ts';
import type { Layout } from './layout.ts';
import { PageObjects } from './objects.ts';
import { contentsOf, loadMemory, type SavedMemory, saveMemory } from './save.ts';
import { AddressSpaces } from './spaces.ts';
import { type MemoryUsage, usageOf } from './statistics.ts';
import type { Frame, Tlb } from './types.ts';
import { unmapObject } from './unmap-object.ts';
import { UserMemory } from './user.ts';

export class Memory {
  readonly layout: Layout;
  readonly frames: Frames;
  readonly objects: PageObjects;
  readonly spaces: AddressSpaces;
  readonly user: UserMemory;
  private readonly context: Context;

  constructor(memory: WebAssembly.Memory, layout: Layout, tlb: Tlb) {
    const frames = new Frames(memory, layout, tlb);
    const objects = new PageObjects(frames, tlb);
    const zero = frames.alloc(KIND_ZERO);
    if (zero === 0) bug('a machine without memory');
    const context = { frames, objects, tlb, mms: new Map(), zero, nextMm: 1, nextAsid: 1 };
    frames.reclaim = () => objects.reclaim();
    objects.unmapper = { unmapObject: (...what) => unmapObject(context, ...what) };
    this.context = context;
    this.layout = layout;
    this.frames = frames;
    this.objects = objects;
    this.spaces = new AddressSpaces(context);
    this.user = new UserMemory(context);
  }

  /** Frames by use. */
  usage(): MemoryUsage {
    return usageOf(this.context);
  }

  /** Looks for leaks and double frees: one sentence per difference, none when all is well. Slow, for tests. */
  check(others?: Iterable<Frame>): string[] {
    return check(this.context, others);
  }

  /** Adds all memory state to a running hash; caches are no state. */
  hashInto(hash: Hash): void {
    hashMemory(this.context, hash);
  }
  /** The state as plain data, to be packed before anything changes. */
  save(): SavedMemory {
    return saveMemory(this.context);
  }

  /** The contents of its frames: views, to be copied before anything changes. */
  contentsOf(saved: SavedMemory): readonly Uint8Array[] {
    return contentsOf(this.context, saved);
  }

  /** Becomes what a saved memory of the same size was. */
  load(saved: SavedMemory, contents: Uint8Array): void {
    loadMemory(this.context, saved, contents);
  }
}
