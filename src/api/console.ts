/** The machine's terminal: keys go in, what a screen would show comes out. */
import { encodeUtf8 } from '../base/index.ts';
import type { Machine as Core } from '../machine/index.ts';
import type { Driver } from './drive.ts';
import { GuestOutput } from './streams.ts';

export class GuestConsole {
  /** What appears on the screen, escape sequences included. Iterate it, or the machine stands still in the end. */
  readonly output: GuestOutput;
  readonly #core: Core;
  readonly #driver: Driver;

  /** @internal */
  constructor(core: Core, driver: Driver) {
    this.#core = core;
    this.#driver = driver;
    this.output = new GuestOutput(() => driver.wake());
  }

  /** Keys are typed, as the bytes a terminal sends. ^C is the byte 3. */
  write(data: Uint8Array | string): void {
    this.#driver.catchUp();
    this.#core.type(typeof data === 'string' ? encodeUtf8(data) : data);
    this.#driver.wake();
  }

  /** The window has another size. */
  resize(rows: number, columns: number): void {
    this.#driver.catchUp();
    this.#core.resize(rows, columns);
    this.#driver.wake();
  }

  /** @internal */
  collect(room = this.output.room): boolean {
    const bytes = this.#core.screen(room);
    this.output.push(bytes);
    return bytes.length > 0;
  }

  /** @internal */
  end(): void {
    this.collect(Number.POSITIVE_INFINITY);
    this.output.end();
  }
}
