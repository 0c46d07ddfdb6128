/** Places that calls about mounts name. */
import type { Errno } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { inodeOf, type Mount, mountOf, type Place, pathOf } from '../vfs/index.ts';
import type { Target } from './path.ts';

/** A place in the tree that a call names. */
export function placeOf(target: Target | Errno): Place | Errno {
  if (typeof target === 'string') return target;
  return target.inode === null ? 'EINVAL' : { mount: target.mount, inode: target.inode.id };
}

/** Is this place the root of a mount? */
export const isMountRoot = (k: Kernel, { mount, inode }: Place): boolean =>
  mountOf(k.vfs, mount).root === inode;

/** Is it a directory, which anything but a file can be mounted on? */
export const isDirectory = (k: Kernel, inode: Place['inode']): boolean =>
  inodeOf(k.vfs, inode).kind === 'directory';

/** The path of a place, as the caller sees it. */
export const shownAt = (k: Kernel, on: Place): string => {
  const shown = pathOf(k.vfs, on, k.fs.root);
  return typeof shown === 'string' ? shown : shown.unreachable;
};

/** A bind mount takes everything over from the mount it was made of, but where it hangs. */
export const likeness = ({ super: id, source, flags: bits, peers, master }: Mount) => ({
  super: id,
  source,
  flags: bits,
  peers,
  master,
});
