/**
 * An image's merged tree as one file of which only what is looked at is read: a line that says where each
 * directory lies, then a line of JSON for each directory with its entries in byte order of their names.
 *
 *     {"packs":[…],"starts":[…],"meta":[mode, uid, gid, mtime]}     starts: bytes from the end of this line
 *     [name, kind | mode, uid, gid, mtime, what, offset, pack, link, …]
 *
 * `what` is a directory's number, a file's size or a link's target. Names of one file share a `link` above 0.
 */
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import type { Layer } from '../vfs/index.ts';
import { KINDS } from './layer-index.ts';
import { type Meta, type ReadPack, type TreeDirectory, type TreeNode, treeLayer } from './tree.ts';

const FIELDS = 9;
const NEWLINE = 10;

interface Head {
  readonly packs: readonly number[];
  readonly starts: readonly number[];
  readonly meta: readonly [mode: number, uid: number, gid: number, mtime: number];
}

/** An image's tree and the sizes of its packs. */
export interface TreeView {
  readonly packs: readonly number[];
  /** The tree as the VFS sees it. */
  layer(id: string, readPack: ReadPack): Layer;
}

/** The bytes of a tree's file. */
export function encodeView(root: TreeDirectory, packs: readonly number[]): Uint8Array {
  const directories: TreeDirectory[] = [root];
  const links = linkNumbers(root);
  const lines: Uint8Array[] = [];
  for (const directory of directories) {
    const fields = [...directory.entries.keys()].sort().flatMap((name) => {
      const node = directory.entries.get(name)!;
      if (node.kind === 'directory') directories.push(node);
      return [name, ...fieldsOf(node, directories.length - 1, links.get(node) ?? 0)];
    });
    lines.push(encodeUtf8(`${JSON.stringify(fields)}\n`));
  }
  const starts: number[] = [0];
  for (const { length } of lines) starts.push(starts.at(-1)! + length);
  const { mode, uid, gid, mtime } = root;
  const head = encodeUtf8(
    `${JSON.stringify({ packs, starts, meta: [mode, uid, gid, mtime] } satisfies Head)}\n`,
  );
  const bytes = new Uint8Array(head.length + starts.at(-1)!);
  bytes.set(head);
  lines.forEach((line, i) => {
    bytes.set(line, head.length + starts[i]!);
  });
  return bytes;
}

function fieldsOf(node: TreeNode, number: number, link: number): (string | number)[] {
  const head = [KINDS[node.kind] | node.mode, node.uid, node.gid, node.mtime];
  if (node.kind === 'directory') return [...head, number, 0, 0, 0];
  if (node.kind === 'symlink') return [...head, node.target, 0, 0, 0];
  return [...head, node.size, node.blob.offset, node.blob.pack, link];
}

/** A number above 0 for each file that has several names. */
function linkNumbers(root: TreeDirectory): Map<TreeNode, number> {
  const seen = new Set<TreeNode>();
  const links = new Map<TreeNode, number>();
  const look = (directory: TreeDirectory): void => {
    for (const node of directory.entries.values()) {
      if (node.kind === 'directory') look(node);
      else if (node.kind === 'file' && seen.has(node)) links.set(node, links.get(node) ?? links.size + 1);
      seen.add(node);
    }
  };
  look(root);
  return links;
}

/** Text of some of the bytes, which the host may know a faster way to. */
type TextOf = (from: number, to: number) => string;

/** A directory whose entries are read when somebody looks. */
class ViewDirectory implements TreeDirectory {
  readonly kind = 'directory';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly #load: () => Map<string, TreeNode>;
  #entries: Map<string, TreeNode> | undefined;

  constructor({ mode, uid, gid, mtime }: Meta, load: () => Map<string, TreeNode>) {
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.mtime = mtime;
    this.#load = load;
  }

  get entries(): Map<string, TreeNode> {
    this.#entries ??= this.#load();
    return this.#entries;
  }
}

/** Opens the bytes of a tree's file; throws when they are none. */
export function decodeView(
  bytes: Uint8Array,
  textOf: TextOf = (from, to) => decodeUtf8(bytes, from, to),
): TreeView {
  const start = bytes.indexOf(NEWLINE) + 1;
  const { packs, starts, meta } = JSON.parse(textOf(0, start)) as Head;
  if (start + starts.at(-1)! !== bytes.length) throw new SyntaxError('the tree is cut off');
  const linked = new Map<number, TreeNode>();
  const load = (number: number): Map<string, TreeNode> => {
    const line = textOf(start + starts[number]!, start + starts[number + 1]!);
    const fields = JSON.parse(line) as Field[];
    const entries = new Map<string, TreeNode>();
    for (let at = 0; at < fields.length; at += FIELDS)
      entries.set(fields[at] as string, nodeOf(fields.slice(at + 1, at + FIELDS), linked, load));
    return entries;
  };
  const [mode, uid, gid, mtime] = meta;
  const root = new ViewDirectory({ mode, uid, gid, mtime }, () => load(0));
  return { packs, layer: (id, readPack) => treeLayer(id, root, readPack) };
}

type Field = string | number;

function nodeOf(
  fields: readonly Field[],
  linked: Map<number, TreeNode>,
  load: (number: number) => Map<string, TreeNode>,
): TreeNode {
  const [modeAndKind, uid, gid, mtime, what, offset, pack, link] = fields as number[];
  const known = linked.get(link!);
  if (known !== undefined) return known;
  const mode = modeAndKind! & 0o7777;
  const meta = { mode, uid: uid!, gid: gid!, mtime: mtime! };
  if (modeAndKind! - mode === KINDS.directory) return new ViewDirectory(meta, () => load(what!));
  if (modeAndKind! - mode === KINDS.symlink) return { kind: 'symlink', ...meta, target: String(fields[4]) };
  const file: TreeNode = { kind: 'file', ...meta, size: what!, blob: { pack: pack!, offset: offset! } };
  if (link !== 0) linked.set(link!, file);
  return file;
}
