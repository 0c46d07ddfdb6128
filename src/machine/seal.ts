/**
 * A sealed machine stands still before the first call that looks out of it, so that all it has done depends on
 * what it was made with alone. Whoever drives it then tells it the time, or opens it for good.
 */
import type { Nanos } from '../base/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { type Look, looksAt } from '../syscalls/index.ts';
import type { Timestamp } from '../vfs/index.ts';

export class Seal {
  /** What the call that is held would look at. */
  look: Exclude<Look, null> = 'outside';
  readonly #k: Kernel;
  /** The held call has been answered, and may go on. */
  #isAnswered = false;

  /** Seals a machine. With `isTimeFixed` its clock is one of the things it was made with. */
  constructor(k: Kernel, isTimeFixed: boolean) {
    this.#k = k;
    k.seal = (trap) => {
      const isAnswered = this.#isAnswered;
      this.#isAnswered = false;
      if (isAnswered) return false;
      const { clock } = k;
      // The call is served when its instruction has passed, and what it makes is stamped with that time.
      if (trap === 'ecall') k.clock = (clock + 1) as Nanos;
      const look = looksAt(k, trap);
      k.clock = clock;
      if (look === null || (look === 'clock' && isTimeFixed)) return false;
      this.look = look;
      return true;
    };
  }

  /** The held call sees this clock, and no other call yet. */
  tellTime(epoch: Timestamp): void {
    this.#k.epoch = epoch;
    this.#k.isHeld = false;
    this.#isAnswered = true;
  }

  /** From now on every call may look. */
  open(epoch: Timestamp): void {
    this.#k.epoch = epoch;
    this.#k.isHeld = false;
    this.#k.seal = null;
  }
}
