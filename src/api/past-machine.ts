/** A machine as it stood at a moment of a recorded run: to be looked at, not to be changed. */
import type { EventJson, EventQuery, EventRecord } from '../events/index.ts';
import type { Machine as Core, HeapView, MachineView, PageView, PcbView } from '../machine/index.ts';

export class PastMachine {
  readonly #core: Core;
  readonly #heap: (() => HeapView) | null;

  /** @internal */
  constructor(core: Core, heap: (() => HeapView) | null = null) {
    this.#core = core;
    this.#heap = heap;
  }

  /** Virtual nanoseconds since boot. */
  get time(): number {
    return this.#core.now;
  }

  /** Instructions retired by all processors. */
  get retired(): number {
    return this.#core.retired;
  }

  /** Number of the next event. */
  get nextEvent(): number {
    return this.#core.events.next;
  }

  /** Processes, threads, mappings, descriptors and queues as plain data. */
  inspect(): MachineView {
    return this.#core.inspect();
  }

  /** The process control block of a thread, or of a process by its number; undefined when there is none. */
  pcb(id: number): PcbView | undefined {
    return this.#core.pcb(id);
  }

  /** The pages of a process that have frames, in a range of addresses; undefined when there is no such process. */
  pages(pid: number, start?: number, end?: number): readonly PageView[] | undefined {
    return this.#core.pages(pid, start, end);
  }

  /** The heaps of programs that use malloc; null unless they were watched on the way here. */
  heap(): HeapView | null {
    return this.#heap?.() ?? null;
  }

  /** What the kernel did up to now, as far back as its log reaches. */
  events(query: EventQuery = {}): readonly EventRecord[] {
    return this.#core.events.records(query);
  }

  /** An event in words. */
  eventText(event: EventRecord): string {
    return this.#core.events.text(event);
  }

  /** An event with names instead of numbers. */
  eventJson(event: EventRecord): EventJson {
    return this.#core.events.json(event);
  }

  /** The text of an event's field that ends in `Name`. */
  nameOf(id: number): string {
    return this.#core.events.nameOf(id);
  }

  /** Equal for equal machines: all registers, memory and kernel records. */
  stateHash(): string {
    return this.#core.stateHash();
  }
}
