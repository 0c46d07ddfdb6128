/**
 * What can be done with an open file: one record of operations per kind (Linux: struct file_operations). An
 * operation that cannot be served yet answers with a `Wait` and is called again from the top.
 */
import type { Errno } from '../abi/index.ts';
import { NEVER } from '../base/index.ts';
import type { PageObjectId } from '../memory/index.ts';
import {
  type FileId,
  type OpenFile,
  type Outcome,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  type QueueId,
  type Transfer,
  type Wait,
} from './types.ts';
import type { Vfs } from './vfs.ts';

/** The third argument of ioctl(2): a value, or the address of something in the caller's memory. */
export interface IoctlArgument {
  readonly value: number;
  /** False: EFAULT. */
  readonly read: (into: Uint8Array) => boolean;
  readonly write: (from: Uint8Array) => boolean;
  /** Writes where a structure of the caller leads. */
  readonly writeAt: (address: number, from: Uint8Array) => boolean;
}

/** Stands for "at the file's own position, which moves on". */
export const OWN_POSITION = -1;

export interface FileOps {
  /** Reads at a position, or at the file's own. Gives the number of bytes; 0 is the end. */
  readonly read: (vfs: Vfs, file: OpenFile, to: Transfer, at: number) => Outcome;
  readonly write: (vfs: Vfs, file: OpenFile, from: Transfer, at: number) => Outcome;
  /** null: the file has no positions (ESPIPE). */
  readonly seek: ((vfs: Vfs, file: OpenFile, offset: number, whence: number) => number | Errno) | null;
  /** POLL* bits that hold now. */
  readonly poll: (vfs: Vfs, file: OpenFile) => number;
  /** Queues woken when the bits may have changed; none for a file that is always ready. */
  readonly queues: (vfs: Vfs, file: OpenFile) => readonly QueueId[];
  /** null: the kind has no ioctl (ENOTTY). */
  readonly ioctl: ((vfs: Vfs, file: OpenFile, request: number, argument: IoctlArgument) => Outcome) | null;
  /** The pages to map; `anonymous` for /dev/zero. null: ENODEV. */
  readonly pages: ((vfs: Vfs, file: OpenFile) => PageObjectId | 'anonymous' | Errno) | null;
  /** The last reference goes. Gives the files that this one held and now lets go (SCM_RIGHTS in flight). */
  readonly close: ((vfs: Vfs, file: OpenFile) => readonly FileId[]) | null;
}

/** A file that never makes anybody wait (Linux: DEFAULT_POLLMASK). */
export const ALWAYS_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

const NOTHING: readonly never[] = [];

/** Operations that refuse all: the rest of a kind's record. */
export const NO_OPS: FileOps = {
  read: () => 'EINVAL',
  write: () => 'EINVAL',
  seek: null,
  poll: () => ALWAYS_READY,
  queues: () => NOTHING,
  ioctl: null,
  pages: null,
  close: null,
};

/** For `close`: nothing was held. */
export const NO_FILES: readonly FileId[] = NOTHING;

/** Bytes that a call moves in one go where nothing else bounds it: then others, signals and the host have a turn. */
export const PIECE = 1 << 20;

/** A wait that is over at once. Linux: cond_resched(). */
export const pause = (vfs: Vfs): Wait => ({ on: 'pause', queues: [], until: vfs.host.now(), detail: 0 });

/** A wait for a queue, without a deadline. */
export const waitFor = (on: string, queue: QueueId, detail: number): Wait => ({
  on,
  queues: [queue],
  until: NEVER,
  detail,
});
