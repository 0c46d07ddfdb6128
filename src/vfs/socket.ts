/** Sockets within the machine (man 7 unix). */
import { type FileOps, NO_OPS } from './file-ops.ts';

export interface Socket {
  readonly id: number;
}

export const SOCKET_OPS: FileOps = NO_OPS;
