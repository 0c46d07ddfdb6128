/**
 * Who had a processor when, in equal slots of virtual time. When the run outgrows the slots, each two become one of
 * double width: exact sums at a resolution that fits any run.
 */

const SLOTS = 1024;

/** How long each task ran in a slot. */
type Slot = Map<number, number>;

const newSlots = (): Slot[] => Array.from({ length: SLOTS }, () => new Map());

export class Lane {
  #width = 1;
  #slots: Slot[] = newSlots();

  /** The task ran from one instant to another. */
  add(tid: number, from: number, to: number): void {
    while (to > SLOTS * this.#width) this.#halve();
    for (let at = from; at < to; ) {
      const index = Math.floor(at / this.#width);
      const end = Math.min(to, (index + 1) * this.#width);
      const slot = this.#slots[index]!;
      slot.set(tid, (slot.get(tid) ?? 0) + end - at);
      at = end;
    }
  }

  /** For each of so many equal parts of a time who had most of it, 0 for nobody. */
  most(from: number, to: number, parts: number): number[] {
    const step = (to - from) / parts;
    return Array.from({ length: parts }, (_, i) => this.#mostIn(from + i * step, from + (i + 1) * step));
  }

  #mostIn(from: number, to: number): number {
    const sums = new Map<number, number>();
    const width = this.#width;
    const last = Math.min(SLOTS - 1, Math.ceil(to / width) - 1);
    for (let index = Math.max(0, Math.floor(from / width)); index <= last; index++) {
      const share = (Math.min(to, (index + 1) * width) - Math.max(from, index * width)) / width;
      for (const [tid, time] of this.#slots[index]!) sums.set(tid, (sums.get(tid) ?? 0) + time * share);
    }
    const used = [...sums.values()].reduce((sum, time) => sum + time, 0);
    let [best, most] = [0, to - from - used];
    for (const [tid, time] of sums) if (time > most) [best, most] = [tid, time];
    return best;
  }

  #halve(): void {
    const old = this.#slots;
    this.#slots = newSlots();
    this.#width *= 2;
    for (const [index, slot] of old.entries())
      for (const [tid, time] of slot) {
        const into = this.#slots[index >> 1]!;
        into.set(tid, (into.get(tid) ?? 0) + time);
      }
  }
}
