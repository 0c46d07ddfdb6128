/**
 * Pipes whose other end is the host: standard input, output and error of a program. The guest sees a pipe.
 *
 * Output is always accepted, so that the guest's time does not depend on how fast the host drains it; when too
 * much is waiting (`hostBacklog`) the machine stands still instead.
 */
import { O } from '../abi/index.ts';
import { closeEnds, fillPipe, makePipe, openPipeEnd, PIPE_CAPACITY, pipeOf } from './pipe.ts';
import { ringTake } from './ring.ts';
import { CONSOLE } from './tty-host.ts';
import type { FileId } from './types.ts';
import type { Vfs } from './vfs.ts';

/** A pipe to or from the host, and the guest's end of it, with one reference for a descriptor. */
export interface HostPort {
  readonly pipe: number;
  readonly file: FileId;
}

/** The guest reads what the host writes. */
export function newHostInput(vfs: Vfs): HostPort {
  const pipe = makePipe(vfs, { host: 'writer', capacity: Number.POSITIVE_INFINITY });
  pipe.writers = 1;
  return { pipe: pipe.id, file: openPipeEnd(vfs, pipe, O.O_RDONLY) };
}

/** The host reads what the guest writes. */
export function newHostOutput(vfs: Vfs): HostPort {
  const pipe = makePipe(vfs, { host: 'reader', capacity: Number.POSITIVE_INFINITY });
  pipe.readers = 1;
  return { pipe: pipe.id, file: openPipeEnd(vfs, pipe, O.O_WRONLY) };
}

/** Bytes from the host: an input of the machine. False when no guest can read them any more. */
export function hostWrite(vfs: Vfs, port: number, bytes: Uint8Array): boolean {
  const pipe = vfs.pipes.get(port);
  if (pipe === undefined || pipe.readers === 0) return false;
  if (bytes.length > 0) fillPipe(vfs, pipe, bytes);
  return true;
}

/** The host lets go of its end: end of file for readers, SIGPIPE for writers. */
export function hostClose(vfs: Vfs, port: number): void {
  const pipe = vfs.pipes.get(port);
  if (pipe === undefined || pipe.host === 'none') return;
  if (pipe.host === 'reader') vfs.backlog -= pipe.ring.length;
  const end = pipe.host === 'writer' ? O.O_WRONLY : O.O_RDONLY;
  pipe.host = 'none';
  // A guest that opens it anew through /proc finds a pipe like any other.
  pipe.capacity = PIPE_CAPACITY;
  vfs.buffers += PIPE_CAPACITY;
  closeEnds(vfs, pipe, end);
}

/** Takes out what the guest has written. `isOver`: nothing more will come. */
export function hostDrain(
  vfs: Vfs,
  port: number,
  max = Number.POSITIVE_INFINITY,
): { readonly bytes: Uint8Array; readonly isOver: boolean } {
  const pipe = pipeOf(vfs, port);
  const bytes = ringTake(pipe.ring, max);
  vfs.backlog -= bytes.length;
  return { bytes, isOver: pipe.writers === 0 && pipe.ring.length === 0 };
}

/** Bytes from the host that no guest has read yet. */
export const hostUnread = (vfs: Vfs, port: number): number => vfs.pipes.get(port)?.ring.length ?? 0;

const NO_SCREEN = { length: 0 };

/** What is on its way to the host's terminal. */
export const hostScreen = (vfs: Vfs): { readonly length: number } =>
  vfs.ttys.get(CONSOLE)?.output ?? NO_SCREEN;

/** Bytes that wait for the host in all ports and on its terminal. */
export const hostBacklog = (vfs: Vfs): number => vfs.backlog + hostScreen(vfs).length;
