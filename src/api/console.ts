/** The machine's terminal: keys go in, what a screen would show comes out. */
import { encodeUtf8 } from '../base/index.ts';
import type { Machine as Core } from '../machine/index.ts';
import type { Driver } from './drive.ts';
import { GuestOutput } from './streams.ts';

/** The size of a terminal's window, in characters. */
export interface Window {
  readonly rows: number;
  readonly columns: number;
}

/** What a machine's terminal has until told otherwise. */
export const FIRST_WINDOW: Window = { rows: 24, columns: 80 };

export class GuestConsole {
  /** What appears on the screen, escape sequences included. Iterate it, or the machine stands still in the end. */
  readonly output: GuestOutput;
  readonly #core: Core;
  readonly #driver: Driver;
  #window: Window;

  /** @internal */
  constructor(core: Core, driver: Driver, window: Window) {
    this.#core = core;
    this.#driver = driver;
    this.#window = window;
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
    if (rows === this.#window.rows && columns === this.#window.columns) return;
    this.#window = { rows, columns };
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
