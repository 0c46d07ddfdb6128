/** Character devices without hardware behind them: null, zero, full and the random ones. Linux: drivers/char/mem.c. */
import type { Errno } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_OPS, PIECE, pause } from './file-ops.ts';
import { inodeOf } from './inode.ts';
import type { OpenFile, Outcome, Transfer } from './types.ts';
import type { Vfs } from './vfs.ts';

const device = (major: number, minor: number) => major * 256 + minor;

const ZEROS = new Uint8Array(4096);
const scratch = new Uint8Array(4096);

interface Device {
  readonly read: (vfs: Vfs, to: Transfer) => Outcome;
  readonly write: (vfs: Vfs, from: Transfer) => Outcome;
  readonly pages: 'anonymous' | null;
  /** Which of Linux's splice operations its driver has. */
  readonly splices: { readonly from: boolean; readonly to: boolean };
}

/** Puts what `next` yields until the caller has enough or a fault ends it. */
function pour(vfs: Vfs, to: Transfer, next: (size: number) => Uint8Array): Outcome {
  let done = 0;
  while (to.left > 0) {
    if (done === PIECE) return pause(vfs);
    const bytes = next(Math.min(to.left, ZEROS.length));
    const put = to.put(bytes);
    done += put;
    if (put < bytes.length) return done > 0 ? done : 'EFAULT';
  }
  return done;
}

const zeros = (vfs: Vfs, to: Transfer) => pour(vfs, to, (size) => ZEROS.subarray(0, size));
const chance = (vfs: Vfs, to: Transfer) =>
  pour(vfs, to, (size) => {
    const bytes = scratch.subarray(0, size);
    vfs.host.random(bytes);
    return bytes;
  });
const swallow = (_vfs: Vfs, from: Transfer) => from.left;

const BOTH = { from: true, to: true };

const DEVICES = new Map<number, Device>([
  [device(1, 3), { read: () => 0, write: swallow, pages: null, splices: { from: false, to: true } }],
  [device(1, 5), { read: zeros, write: swallow, pages: 'anonymous', splices: BOTH }],
  [device(1, 7), { read: zeros, write: () => 'ENOSPC', pages: null, splices: { from: true, to: false } }],
  [device(1, 8), { read: chance, write: swallow, pages: null, splices: BOTH }],
  [device(1, 9), { read: chance, write: swallow, pages: null, splices: BOTH }],
]);

/** Does a driver serve this number? Opening another one is ENXIO. */
export const hasDriver = (rdev: number): boolean => DEVICES.has(rdev);

const deviceOf = (vfs: Vfs, file: OpenFile): Device => {
  const { rdev } = inodeOf(vfs, file.inode);
  return DEVICES.get(rdev) ?? bug(`device ${rdev} has no driver`);
};

/** For splice(2). */
export const takesSplices = (vfs: Vfs, file: OpenFile): Device['splices'] => deviceOf(vfs, file).splices;

export const DEVICE_OPS: FileOps = {
  ...NO_OPS,
  read: (vfs, file, to) => deviceOf(vfs, file).read(vfs, to),
  write: (vfs, file, from) => deviceOf(vfs, file).write(vfs, from),
  // Linux: null_lseek
  seek: () => 0,
  pages: (vfs, file): 'anonymous' | Errno => deviceOf(vfs, file).pages ?? 'ENODEV',
};
