/** What a guest changed below a mount, as plain data for whoever writes it back to where it came from. */
import { type Problem, problem } from '../base/index.ts';
import { changesOf, type InodeId, inodeOf, type MountId, readAt, type Vfs } from '../vfs/index.ts';

/**
 * One name below a mount that is not as its layer has it. A new directory comes before what is in it, one that is
 * gone after it. Paths are relative to the mount and begin with no slash.
 */
export type FileChange =
  | { readonly what: 'gone'; readonly path: string }
  /** As in the layer, with other permissions or another owner. */
  | { readonly what: 'mode'; readonly path: string; readonly mode: number }
  | { readonly what: 'directory'; readonly path: string; readonly mode: number }
  | { readonly what: 'symlink'; readonly path: string; readonly target: string }
  | {
      readonly what: 'file';
      readonly path: string;
      readonly mode: number;
      readonly size: number;
      /** Seconds since the epoch. */
      readonly mtime: number;
      /** Names the content for `readChanged`. */
      readonly file: number;
    };

/** Everything that differs now between a mount and its layer. */
export function changesBelow(
  vfs: Vfs,
  mount: MountId | undefined,
  path: string,
): readonly FileChange[] | Problem {
  if (mount === undefined)
    return problem('no-mount', `nothing was mounted at ${path}`, 'Give a path of the option mounts.');
  return changesOf(vfs, mount).map(({ path: name, what, inode }): FileChange => {
    if (what === 'gone') return { what, path: name };
    const { mode, target, size, mtime } = inodeOf(vfs, inode);
    if (what === 'symlink') return { what, path: name, target };
    if (what !== 'file') return { what, path: name, mode };
    return { what, path: name, mode, size, mtime: mtime.sec + mtime.nsec / 1e9, file: inode };
  });
}

/** Bytes of a changed file; none when it has gone meanwhile. */
export function readChanged(vfs: Vfs, file: number, offset: number, into: Uint8Array): number {
  const inode = vfs.inodes.get(file as InodeId);
  return inode === undefined ? 0 : readAt(vfs, inode, offset, into);
}
