/**
 * The index of a stored layer: its tree as JSON rows, beside one pack file with the bytes of its files.
 *
 *     directory  [0o040755, uid, gid, mtime, [name, row, name, row …]]
 *     file       [0o100644, uid, gid, mtime, size, offset, pack]
 *     symlink    [0o120777, uid, gid, mtime, target]
 *
 * Row 0 is the root. A hard link is a row that two directories name. JSON because parsing the rows of the
 * whole default image takes a few milliseconds, and anyone can look into it.
 */
import { type Problem, problem } from '../base/index.ts';
import type { LayerSymlink } from '../vfs/index.ts';
import { newDirectory, ROOT_META, type TreeDirectory, type TreeNode } from './tree.ts';

export const INDEX_FORMAT = 1;

type Head = [mode: number, uid: number, gid: number, mtime: number];
export type Row =
  | [...Head, entries: (string | number)[]]
  | [...Head, target: string]
  | [...Head, size: number, offset: number, pack: number];

export interface LayerIndex {
  readonly format: number;
  readonly pack: { readonly size: number; readonly sha256: string };
  /** The package's postinst script (it says which alternatives there are), or empty. */
  readonly postinst: string;
  readonly rows: readonly Row[];
}

/** The type bits of st_mode. */
export const KINDS = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

export function encodeTree(root: TreeDirectory): Row[] {
  const numbers = new Map<TreeNode, number>();
  const rows: Row[] = [];
  const encode = (node: TreeNode): number => {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    const number = rows.length;
    numbers.set(node, number);
    const head: Head = [KINDS[node.kind] | node.mode, node.uid, node.gid, node.mtime];
    if (node.kind === 'symlink') rows.push([...head, node.target]);
    else if (node.kind === 'file') rows.push([...head, node.size, node.blob.offset, node.blob.pack]);
    else {
      const entries: (string | number)[] = [];
      rows.push([...head, entries]);
      const names = [...node.entries.keys()].sort();
      for (const name of names) entries.push(name, encode(node.entries.get(name)!));
    }
    return number;
  };
  encode(root);
  return rows;
}

/** The tree of an index's rows; a file's pack is `firstPack` plus what its row says. */
export function decodeTree(rows: readonly Row[], firstPack = 0): TreeDirectory {
  const nodes = rows.map((row) => decodeRow(row, firstPack));
  rows.forEach((row, i) => {
    const node = nodes[i]!;
    if (node.kind !== 'directory') return;
    const entries = row[4] as (string | number)[];
    for (let k = 0; k < entries.length; k += 2)
      node.entries.set(entries[k] as string, nodes[entries[k + 1] as number]!);
  });
  const root = nodes[0];
  return root?.kind === 'directory' ? root : newDirectory(ROOT_META);
}

function decodeRow(row: Row, firstPack: number): TreeNode {
  const [modeAndKind, uid, gid, mtime, what] = row;
  const mode = modeAndKind & 0o7777;
  if (typeof what === 'string')
    return { kind: 'symlink', mode, uid, gid, mtime, target: what } satisfies LayerSymlink;
  if (typeof what !== 'number') return newDirectory({ mode, uid, gid, mtime });
  const blob = { pack: firstPack + row[6]!, offset: row[5]! };
  return { kind: 'file', mode, uid, gid, mtime, size: what, blob };
}

/** Reads the JSON of an index, checking its form enough that a damaged file cannot do harm. */
export function parseLayerIndex(text: string): LayerIndex | Problem {
  try {
    const index = JSON.parse(text) as LayerIndex;
    if (index.format === INDEX_FORMAT && typeof index.pack.sha256 === 'string' && soundRows(index))
      return index;
  } catch {}
  return problem(
    'damaged-layer',
    'a layer of the image is damaged or of another version of timeslice',
    'Remove the image with `timeslice image rm` and pull it again.',
  );
}

/**
 * Rows from a file somebody else wrote (an import) must be a tree inside the pack: each directory is named
 * once, by a row before it, under a name that is no path.
 */
function soundRows({ rows, pack }: LayerIndex): boolean {
  const named = new Set<number>([0]);
  return rows.every((row, i) => {
    const [mode, uid, gid, mtime, what] = row;
    if (![mode, uid, gid, mtime].every(Number.isInteger)) return false;
    if (typeof what === 'string') return true;
    if (typeof what === 'number') return isRange(what, row[5]) && what + row[5]! <= pack.size && row[6] === 0;
    return Array.isArray(what) && what.every((item, k) => (k % 2 === 0 ? isName(item) : points(item, i)));
  });

  function points(target: string | number, from: number): boolean {
    if (typeof target !== 'number' || !(target in rows)) return false;
    if (!Array.isArray(rows[target]![4])) return true;
    return target > from && !named.has(target) && named.add(target) !== undefined;
  }
}

const isRange = (...numbers: unknown[]): boolean =>
  numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0);

const isName = (name: unknown): boolean =>
  typeof name === 'string' && !['', '.', '..'].includes(name) && !/[/\0]/.test(name);
