/** Layers that no package brought: entries made here or left by a command that ran in the machine at set-up. */
import type { LayerSymlink } from '../vfs/index.ts';
import type { PackSink } from './deb.ts';
import { directoryAt, newDirectory, put, ROOT_META, type TreeDirectory } from './tree.ts';

export interface GeneratedEntry {
  /** Absolute. Parents are made where missing. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  /** A file's bytes, a symlink's target; neither for a directory. */
  readonly bytes?: Uint8Array;
  readonly target?: string;
}

/** Writes the entries' bytes to the sink one after another, and gives their tree. */
export async function generateTree(
  entries: readonly GeneratedEntry[],
  sink: PackSink,
): Promise<TreeDirectory> {
  const root = newDirectory(ROOT_META);
  let offset = 0;
  for (const { path, mode, uid = 0, gid = 0, mtime = 0, bytes, target } of entries) {
    const meta = { mode, uid, gid, mtime };
    if (target !== undefined) put(root, path, { kind: 'symlink', ...meta, target } satisfies LayerSymlink);
    else if (bytes === undefined) put(root, path, { ...directoryAt(root, path), ...meta });
    else {
      await sink.write(bytes);
      put(root, path, { kind: 'file', ...meta, size: bytes.length, blob: { pack: 0, offset } });
      offset += bytes.length;
    }
  }
  return root;
}
