/**
 * The standard streams of a guest process as the library's user sees them. Output is an async iterable that
 * holds a bounded number of bytes: when nobody reads, the machine stands still and loses nothing.
 */
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';

/** Bytes an output holds before the machine keeps the rest. */
const BOUND = 256 * 1024;

/** What a guest process writes. Iterate it once, or ask for all of it. */
export class GuestOutput implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #over = false;
  #failure: Error | null = null;
  #reader: (() => void) | null = null;
  readonly #onRead: () => void;

  /** @internal `onRead` is called when somebody reads or stops reading. */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** Everything up to the end, as bytes. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      chunks.push(chunk);
      size += chunk.length;
    }
    const all = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** Everything up to the end, as UTF-8 text. */
  async text(): Promise<string> {
    return decodeUtf8(await this.bytes());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#size -= chunk.length;
          this.#onRead();
          yield chunk;
        } else if (this.#failure !== null) throw this.#failure;
        else if (this.#over) return;
        else await this.#arrival();
      }
    } finally {
      this.#over = true;
      this.#chunks = [];
      this.#size = 0;
      this.#onRead();
    }
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.#onRead();
    });
  }

  /** @internal Bytes it will still take. */
  get room(): number {
    return this.#over ? Number.POSITIVE_INFINITY : Math.max(0, BOUND - this.#size);
  }

  /** @internal Nobody will read any more, or nothing more will come. */
  get isOver(): boolean {
    return this.#over;
  }

  /** @internal Somebody waits for bytes. */
  get isAwaited(): boolean {
    return this.#reader !== null;
  }

  /** @internal */
  push(bytes: Uint8Array): void {
    if (this.#over || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#tell();
  }

  /** @internal Nothing more will come, or something broke. */
  end(failure: Error | null = null): void {
    if (!this.#over) this.#failure = failure;
    this.#over = true;
    this.#tell();
  }

  #tell(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.();
  }
}

/** The host's end of a pipe that a program reads. */
interface Pipe {
  write(bytes: Uint8Array): boolean;
  close(): void;
  unread(): number;
}

/** What a guest process reads. */
export class GuestInput {
  #pipe: Pipe | null;

  /** @internal */
  constructor(pipe: Pipe | null) {
    this.#pipe = pipe;
  }

  /** Bytes that were written and not read yet: who writes much waits until they are few. */
  get unread(): number {
    return this.#pipe?.unread() ?? 0;
  }

  /** Hands bytes or text over. False when no process can read them any more. */
  write(data: Uint8Array | string): boolean {
    return this.#pipe?.write(typeof data === 'string' ? encodeUtf8(data) : data) ?? false;
  }

  /** End of file, after an optional last piece. */
  end(data?: Uint8Array | string): void {
    if (data !== undefined) this.write(data);
    this.#pipe?.close();
    this.#pipe = null;
  }
}
