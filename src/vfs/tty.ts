/** Terminals. */
import { type FileOps, NO_OPS } from './file-ops.ts';
import type { ByteRing } from './ring.ts';
import type { Vfs } from './vfs.ts';

export interface Tty {
  readonly id: number;
  readonly isHosted: boolean;
  readonly output: ByteRing;
}

/** The leader of the terminal's session has gone. */
export function hangUp(_vfs: Vfs, _tty: number): void {}

export const TTY_OPS: FileOps = NO_OPS;
