/** stat and its relatives: what an inode is. */
import { AT, type Errno } from '../abi/index.ts';
import { type Kernel, syscall } from '../kernel/index.ts';
import { type Attributes, anonymousAttributes, attributesOf } from '../vfs/index.ts';
import { dirfd, fd, flags, path, struct } from './args.ts';
import { Packer } from './packer.ts';
import { AT_FLAGS, type Target, targetAt, targetOfFd, WALK_ERRORS } from './path.ts';
import { statText, statxFlags, statxMask, statxText } from './text/file.ts';

const KNOWN_AT = AT.AT_SYMLINK_NOFOLLOW | AT.AT_NO_AUTOMOUNT | AT.AT_EMPTY_PATH;

const attributesOfTarget = (k: Kernel, target: Target): Attributes =>
  target.inode === null ? anonymousAttributes(k.vfs, target.file) : attributesOf(k.vfs, target.inode);

/** Linux: new_encode_dev. Our numbers are major × 256 + minor with small majors. */
const encodeDevice = (device: number) => {
  const [major, minor] = [device >> 8, device & 0xff];
  return minor | (major << 8);
};

/** Minor numbers of file systems may be larger than a byte. */
const encodeMinor = (minor: number) => (minor & 0xff) | ((minor & ~0xff) << 12);

/** struct stat of asm-generic/stat.h. */
function packStat(from: Attributes): Uint8Array {
  const out = new Packer(128);
  out.u64(0, encodeMinor(from.device));
  out.u64(8, from.inode);
  out.u32(16, from.mode);
  out.u32(20, from.nlink);
  out.u32(24, from.uid);
  out.u32(28, from.gid);
  out.u64(32, encodeDevice(from.rdev));
  out.u64(48, from.size);
  out.u32(56, from.blockSize);
  out.u64(64, from.blocks);
  out.time(72, from.atime);
  out.time(88, from.mtime);
  out.time(104, from.ctime);
  return out.bytes;
}

const outStat = struct(statText, 'after');

const giveStat = (k: Kernel, target: Target | Errno, addr: number): 0 | Errno => {
  if (typeof target === 'string') return target;
  return k.user.copyOut(addr, packStat(attributesOfTarget(k, target))) ? 0 : 'EFAULT';
};

export const newfstatat = syscall({
  nr: 79,
  name: 'newfstatat',
  args: [dirfd, path, outStat, flags(AT_FLAGS)],
  errors: [...WALK_ERRORS, 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, out, atFlags) {
    if ((atFlags & ~KNOWN_AT) !== 0) return 'EINVAL';
    return giveStat(k, targetAt(k, dirfd, pathname, atFlags), out);
  },
});

export const fstat = syscall({
  nr: 80,
  name: 'fstat',
  args: [fd, outStat],
  errors: ['EBADF', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, file, out) => giveStat(k, file < 0 ? 'EBADF' : targetOfFd(k, file), out),
});

const STATX_BASIC_STATS = 0x7ff;
const STATX_MTIME_CTIME = 0xc0;
const STATX_BTIME = 0x800;
const STATX_MNT_ID = 0x1000;
const STATX_RESERVED = 0x80000000;

/** struct statx of linux/stat.h. */
function packStatx(from: Attributes, mount: number, mask: number): Uint8Array {
  const out = new Packer(256);
  // Of what costs more than a look, Linux tells what was asked for.
  const asked = mask & (STATX_MTIME_CTIME | STATX_BTIME);
  out.u32(0, (STATX_BASIC_STATS & ~STATX_MTIME_CTIME) | asked | (mount === 0 ? 0 : STATX_MNT_ID));
  out.u32(4, from.blockSize);
  out.u32(16, from.nlink);
  out.u32(20, from.uid);
  out.u32(24, from.gid);
  out.u16(28, from.mode);
  out.u64(32, from.inode);
  out.u64(40, from.size);
  out.u64(48, from.blocks);
  for (const [at, time] of [
    [64, from.atime],
    [80, from.btime],
    [96, from.ctime],
    [112, from.mtime],
  ] as const) {
    out.u64(at, time.sec);
    out.u32(at + 8, time.nsec);
  }
  out.u32(128, from.rdev >> 8);
  out.u32(132, from.rdev & 0xff);
  out.u32(140, from.device);
  out.u64(144, mount);
  return out.bytes;
}

const outStatx = struct(statxText, 'after');

export const statx = syscall({
  nr: 291,
  name: 'statx',
  args: [dirfd, path, statxFlags, statxMask, outStatx],
  errors: [...WALK_ERRORS, 'EINVAL'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, pathname, atFlags, mask, out) {
    const sync = AT.AT_STATX_FORCE_SYNC | AT.AT_STATX_DONT_SYNC;
    if ((mask & STATX_RESERVED) !== 0 || (atFlags & sync) === sync) return 'EINVAL';
    if ((atFlags & ~(KNOWN_AT | sync)) !== 0) return 'EINVAL';
    const target = targetAt(k, dirfd, pathname, atFlags);
    if (typeof target === 'string') return target;
    const mount = target.inode === null ? 0 : target.mount;
    return k.user.copyOut(out, packStatx(attributesOfTarget(k, target), mount, mask)) ? 0 : 'EFAULT';
  },
});

export const STAT_CALLS = [newfstatat, fstat, statx];
