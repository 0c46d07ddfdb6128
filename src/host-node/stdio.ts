/** Moves bytes between this program's standard streams and a guest's, as fast as the slower side. */
import type { GuestInput, GuestOutput } from '../api/index.ts';

/** Bytes given to the guest that it has not read yet, above which no more are fetched. */
const AHEAD = 256 * 1024;
/** How often a full input is looked at again, in milliseconds. */
const LOOK_AGAIN = 5;

/** Copies a guest's output until its end, or until nobody takes it: then the guest's pipe breaks, too. */
export async function copyOut(from: GuestOutput, to: NodeJS.WriteStream): Promise<void> {
  let isBroken = false;
  const breakOff = () => {
    isBroken = true;
  };
  to.on('error', breakOff);
  try {
    for await (const bytes of from) {
      if (isBroken) break;
      if (!to.write(bytes)) await drained(to);
    }
  } finally {
    if (!isBroken) await flushed(to);
    to.off('error', breakOff);
  }
}

/** The stream takes more, or never will. */
const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });

/** All that was written has left this program. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

/** Copies this program's input to a guest, until its end or until no guest reads any more. */
export async function copyIn(from: NodeJS.ReadStream, to: GuestInput): Promise<void> {
  try {
    for await (const bytes of from) {
      if (!to.write(bytes as Uint8Array)) break;
      while (to.unread > AHEAD) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  } catch {
    // A host stream that breaks is at its end for the guest.
  }
  to.end();
}
