/** statfs and fstatfs: how full a file system is. */
import type { Errno } from '../abi/index.ts';
import { AT } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import {
  type FileSystemUsage,
  fileSystemUsage,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  NAME_MAX,
  type SuperId,
} from '../vfs/index.ts';
import { fd, path } from './args.ts';
import { Packer } from './packer.ts';
import { type Target, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';
import { outStatfs } from './text/file.ts';

const BLOCK_SIZE = 4096;

/** struct statfs of asm-generic/statfs.h, 64-bit. */
function packStatfs(from: FileSystemUsage, id: number, flags: number): Uint8Array {
  const out = new Packer(120);
  out.u64(0, from.magic);
  out.u64(8, BLOCK_SIZE);
  out.u64(16, from.blocks);
  out.u64(24, from.free);
  out.u64(32, from.free);
  out.u64(40, from.inodes);
  out.u64(48, from.freeInodes);
  out.u32(56, id);
  out.u64(64, NAME_MAX);
  out.u64(72, BLOCK_SIZE);
  out.u64(80, ST_VALID | flags);
  return out.bytes;
}
const ST_VALID = 0x20;
/** MS_* bits of a mount that statfs tells as they are, and those it tells by others. */
const SAME_BITS = 1 | 2 | 4 | 8 | 1024 | 2048;
const OTHER_BITS: readonly (readonly [mount: number, told: number])[] = [
  [MS_RELATIME, 4096],
  [MS_NOSYMFOLLOW, 8192],
];

function mountBits(k: Kernel, target: Target): number {
  const mount = target.inode === null ? undefined : k.vfs.mounts.get(target.mount);
  if (mount === undefined) return 0;
  const readOnly = k.vfs.supers.get(mount.super)?.readOnly === true ? MS_RDONLY : 0;
  return OTHER_BITS.reduce(
    (bits, [bit, told]) => (mount.flags & bit ? bits | told : bits),
    (mount.flags & SAME_BITS) | readOnly,
  );
}

function giveStatfs(k: Kernel, target: Target | Errno, addr: number): 0 | Errno {
  if (typeof target === 'string') return target;
  const superId: SuperId | 0 = target.inode?.super ?? 0;
  const bytes = packStatfs(fileSystemUsage(k.vfs, superId), superId, mountBits(k, target));
  return k.user.copyOut(addr, bytes) ? 0 : 'EFAULT';
}

export const statfs = syscall({
  nr: 43,
  name: 'statfs',
  args: [path, outStatfs],
  errors: WALK_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run: (k, pathname, out) => giveStatfs(k, targetAt(k, AT.AT_FDCWD, pathname, 0), out),
});

export const fstatfs = syscall({
  nr: 44,
  name: 'fstatfs',
  args: [fd, outStatfs],
  errors: ['EBADF', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, file, out) => giveStatfs(k, file < 0 ? 'EBADF' : targetOfFd(k, file), out),
});

export const STATFS_CALLS = [statfs, fstatfs];
