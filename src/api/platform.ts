/**
 * What every host has: timers, a clock, a way to let others run. Typed here, because this layer sees neither
 * Node's types nor the browser's.
 */

/** The part of an AbortSignal that is used. */
export interface Abort {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
}

interface Platform {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Node's; a browser has none. */
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel: new () => { readonly port1: Port; readonly port2: Port };
  readonly performance: { now(): number };
  atob(text: string): string;
  /** Node's, and faster. */
  readonly Buffer?: { from(text: string, encoding: 'base64'): Uint8Array };
}

const platform = globalThis as unknown as Platform;

/** Milliseconds of real time since some instant. */
export const hostTime = (): number => platform.performance.now();

/** Calls back after some milliseconds; gives what cancels it. */
export function after(milliseconds: number, callback: () => void): () => void {
  const timer = platform.setTimeout(callback, Math.min(milliseconds, LONGEST));
  return () => platform.clearTimeout(timer);
}

/** A longer timer fires at once. */
const LONGEST = 2 ** 31 - 1;

let channel: InstanceType<Platform['MessageChannel']> | undefined;

/** Lets the host do what waits to be done. A timer would cost milliseconds in a browser. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (platform.setImmediate !== undefined) {
      platform.setImmediate(resolve);
      return;
    }
    channel ??= new platform.MessageChannel();
    channel.port1.onmessage = resolve as () => void;
    channel.port2.postMessage(null);
  });
}

/** Bytes of a base64 text. */
export function decodeBase64(text: string): Uint8Array {
  if (platform.Buffer !== undefined) return new Uint8Array(platform.Buffer.from(text, 'base64'));
  const characters = platform.atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
