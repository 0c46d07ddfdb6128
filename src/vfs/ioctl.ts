/** ioctl(2) requests that files of several kinds share. */
import type { IoctlArgument } from './file-ops.ts';
import type { OpenFile, Outcome } from './types.ts';
import type { Vfs } from './vfs.ts';

/** How many bytes can be read. */
export const FIONREAD = 0x541b;
/** How many bytes were written and have not gone out. */
export const TIOCOUTQ = 0x5411;

/** Answers an int through the pointer argument. */
export function giveInt(argument: IoctlArgument, value: number): Outcome {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return argument.write(bytes) ? 0 : 'EFAULT';
}

/** The int the argument points to. */
export function takeInt(argument: IoctlArgument): number | 'EFAULT' {
  const bytes = new Uint8Array(4);
  return argument.read(bytes) ? new DataView(bytes.buffer).getInt32(0, true) : 'EFAULT';
}

/** FIONREAD of a pipe. What waits for the host is nobody's to see: when it drains is not the guest's time. */
export function pipeIoctl(vfs: Vfs, file: OpenFile, request: number, argument: IoctlArgument): Outcome {
  if (request !== FIONREAD) return 'ENOTTY';
  const pipe = vfs.pipes.get(file.channel)!;
  return giveInt(argument, pipe.host === 'reader' ? 0 : pipe.ring.length);
}
