/** A layer whose files lie in the host program's memory: the image `tiny`, tests, and whatever a caller makes up. */
import { bug, encodeUtf8 } from '../base/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from '../vfs/index.ts';

/** A file's content, or what else lies at a path. A text or bytes is a file that everybody may read. */
export type LayerEntry =
  | string
  | Uint8Array
  | { readonly bytes: Uint8Array | string; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number };

interface Directory extends LayerDirectory {
  readonly entries: Map<string, LayerNode>;
}

/** 2025-01-01 00:00 UTC. */
const MTIME = 1_735_689_600;
const OWNED = { uid: 0, gid: 0, mtime: MTIME } as const;

const newDirectory = (mode: number): Directory => ({
  kind: 'directory',
  ...OWNED,
  mode,
  entries: new Map(),
});

/** A read-only tree from absolute paths and what lies there. Equal bytes are one file with several names. */
export function memoryLayer(id: string, files: Readonly<Record<string, LayerEntry>>): Layer {
  const root = newDirectory(0o755);
  const known = new Map<LayerEntry, LayerNode>();
  for (const [path, entry] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '');
    const name = names.pop() ?? bug('the root of a layer is always there');
    const node = known.get(entry) ?? nodeOf(entry);
    if (typeof entry === 'object') known.set(entry, node);
    directoryAt(root, names).entries.set(name, node);
  }
  return {
    id,
    root,
    list: (directory) => (directory as Directory).entries,
    read(file, offset, into) {
      const bytes = (file.blob as Uint8Array).subarray(offset, offset + into.length);
      into.set(bytes);
      return bytes.length;
    },
  };
}

function directoryAt(root: Directory, names: readonly string[]): Directory {
  let here = root;
  for (const name of names) {
    const found = here.entries.get(name);
    const next = found?.kind === 'directory' ? (found as Directory) : newDirectory(0o755);
    here.entries.set(name, next);
    here = next;
  }
  return here;
}

function nodeOf(entry: LayerEntry): LayerNode {
  if (typeof entry === 'string' || entry instanceof Uint8Array) return fileOf(entry, 0o644);
  if ('link' in entry) return { kind: 'symlink', ...OWNED, mode: 0o777, target: entry.link };
  if ('directory' in entry) return newDirectory(entry.mode ?? 0o755);
  return fileOf(entry.bytes, entry.mode ?? 0o644);
}

function fileOf(content: string | Uint8Array, mode: number): LayerFile {
  const blob = typeof content === 'string' ? encodeUtf8(content) : content;
  return { kind: 'file', ...OWNED, mode, size: blob.length, blob };
}
