/** Wakes whoever drives a machine. A ring that nobody waits for is kept for the next one who does. */
import { after } from './platform.ts';

export class Bell {
  #isRung = false;
  #waiter: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#waiter?.();
  }

  /** Until the next ring, or for some milliseconds. A time keeps the host program alive, no time does not. */
  wait(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel?.();
        this.#waiter = null;
        this.#isRung = false;
        resolve();
      };
      const cancel = milliseconds === undefined ? undefined : after(milliseconds, done);
      if (this.#isRung) done();
      else this.#waiter = done;
    });
  }
}
