/**
 * File systems and open files as one graph of plain data, for snapshots. Nodes of layers are constants of the
 * image: a saved tree names them by layer and path, and finds them again in the layers it is given.
 */
import { bug } from '../base/index.ts';
import type { PageObjectId } from '../memory/index.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from './layer.ts';
import { leadsOutside, namesInLayers, pageFiller } from './layered.ts';
import type { Inode, InodeId } from './types.ts';
import type { LayerPart, Vfs } from './vfs.ts';

/** A node of a layer: the layer's number, and the path in it without slashes around. */
type NodeName = readonly [layer: number, path: string];

/** Everything; the values are the file systems' own, to be packed at once. */
export interface SavedVfs {
  readonly layers: readonly string[];
  readonly directories: readonly (readonly [InodeId, readonly NodeName[]])[];
  readonly files: readonly (readonly [InodeId, NodeName])[];
  readonly fills: readonly (readonly [PageObjectId, NodeName])[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that are doors, behaviour, or made of layers' nodes. */
const OTHERS = new Set([
  'memory',
  'host',
  'ops',
  'layers',
  'directoryOrigins',
  'fileOrigins',
  'fills',
  'born',
]);

/**
 * The entries of a directory of layers, most of which nobody has looked up: of the names in its layers, by their
 * place, those that have an inode, and then the other names.
 */
interface LayeredEntries {
  /** Place and inode, by turns. */
  readonly born: readonly number[];
  readonly others: readonly (readonly [name: string, inode: InodeId | 0])[];
}

type Entries = Inode['entries'];

/** As little of a directory's entries as its layers do not tell; all, when a name of theirs has moved. */
function withoutLayers(vfs: Vfs, inode: Inode): Entries | LayeredEntries {
  const { entries } = inode;
  const origin = vfs.directoryOrigins.get(inode.id);
  // A folder of the host may have other names when the snapshot is read.
  if (origin === undefined || entries === null || leadsOutside(vfs, inode)) return entries;
  const names = namesInLayers(vfs, origin.parts);
  const born: number[] = [];
  const others: [string, InodeId | 0][] = [];
  let place = 0;
  for (const [name, child] of entries) {
    if (place >= names.length) others.push([name, child]);
    else if (names[place] !== name) return entries;
    else if (child !== 0) born.push(place, child);
    place++;
  }
  return place < names.length ? entries : { born, others };
}

function withLayers(vfs: Vfs, id: InodeId, entries: Entries | LayeredEntries): Entries {
  if (entries === null || entries instanceof Map) return entries;
  const names = namesInLayers(vfs, vfs.directoryOrigins.get(id)?.parts ?? []);
  const all = new Map<string, InodeId | 0>();
  for (const name of names) all.set(name, 0);
  const { born, others } = entries;
  for (let i = 0; i < born.length; i += 2) all.set(names[born[i]!]!, born[i + 1] as InodeId);
  for (const [name, inode] of others) all.set(name, inode);
  return all;
}

const fieldsOf = (vfs: Vfs): [name: string, value: unknown][] =>
  Object.entries(vfs).filter(([name]) => !OTHERS.has(name));

/** Describes them as they are now. */
export function saveVfs(vfs: Vfs): SavedVfs {
  const paths = pathsOf(vfs);
  const name = ({ layer, node }: LayerPart): NodeName => [
    layer,
    paths.get(node) ?? bug('a node is in no layer'),
  ];
  return {
    layers: vfs.layers.map(({ id }) => id),
    directories: [...vfs.directoryOrigins].map(([id, { parts }]) => [id, parts.map(name)]),
    files: [...vfs.fileOrigins].map(([id, part]) => [id, name(part)]),
    fills: [...vfs.fills].map(([id, part]) => [id, name(part)]),
    fields: {
      ...Object.fromEntries(fieldsOf(vfs)),
      inodes: new Map(
        [...vfs.inodes].map(([id, inode]) => [id, { ...inode, entries: withoutLayers(vfs, inode) }]),
      ),
    },
  };
}

/** Paths of the nodes that inodes came from: only directories that somebody has looked into are listed again. */
function pathsOf(vfs: Vfs): Map<LayerNode, string> {
  const looked = new Set<LayerNode>();
  for (const [id, { parts }] of vfs.directoryOrigins)
    if (vfs.inodes.get(id)?.entries !== null) for (const { node } of parts) looked.add(node);
  const paths = new Map<LayerNode, string>();
  for (const layer of vfs.layers) addPaths(layer, layer.root, '', looked, paths);
  const wanted = [...vfs.fileOrigins.values(), ...vfs.fills.values()];
  // A file outlives its directory when it was moved: then the layers are searched.
  if (wanted.some(({ node }) => !paths.has(node)))
    for (const layer of vfs.layers) addPaths(layer, layer.root, '', null, paths);
  return paths;
}

function addPaths(
  layer: Layer,
  node: LayerNode,
  path: string,
  looked: ReadonlySet<LayerNode> | null,
  paths: Map<LayerNode, string>,
): void {
  if (!paths.has(node)) paths.set(node, path);
  if (node.kind !== 'directory' || looked?.has(node) === false) return;
  for (const [name, child] of layer.list(node))
    addPaths(layer, child, path === '' ? name : `${path}/${name}`, looked, paths);
}

/**
 * Makes file systems what saved ones were. False: the layers are others. With `isUnseen`, nobody has looked at the
 * folders of the host, and they are shown as they are now.
 */
export function loadVfs(vfs: Vfs, layers: readonly Layer[], saved: SavedVfs, isUnseen: boolean): boolean {
  vfs.layers.splice(0, vfs.layers.length, ...new Set(layers));
  if (vfs.layers.map(({ id }) => id).join('\n') !== saved.layers.join('\n')) return false;
  vfs.memory.objects.filler = pageFiller(vfs);
  for (const map of [vfs.directoryOrigins, vfs.fileOrigins, vfs.fills, vfs.born]) map.clear();
  const known = new Map<string, LayerNode | undefined>();
  const find = ([layer, path]: NodeName) => nodeAt(vfs.layers[layer]!, layer, path, known);
  for (const [id, names] of saved.directories) {
    const parts = names.map((name) => ({ layer: name[0], node: find(name) }));
    if (!parts.every(({ node }) => node?.kind === 'directory')) return false;
    vfs.directoryOrigins.set(id, { parts: parts as LayerPart<LayerDirectory>[], unborn: null });
  }
  if (!loadFiles(vfs.fileOrigins, saved.files, find) || !loadFiles(vfs.fills, saved.fills, find))
    return false;
  for (const [id, { node }] of vfs.fileOrigins) vfs.born.set(node, id);
  for (const [name, value] of Object.entries(saved.fields)) become(vfs, name as keyof Vfs, value);
  for (const inode of vfs.inodes.values()) inode.entries = withLayers(vfs, inode.id, inode.entries);
  if (isUnseen) for (const [id, { parts }] of vfs.directoryOrigins) showAgain(vfs, id, parts[0]!);
  return true;
}

/** The root of a host folder is as it is now. */
function showAgain(vfs: Vfs, id: InodeId, { layer, node }: LayerPart): void {
  const inode = vfs.inodes.get(id);
  if (inode === undefined || inode.entries !== null || vfs.layers[layer]!.isOutside !== true) return;
  const { mode, uid, gid, mtime } = node;
  const time = { sec: mtime, nsec: 0 };
  Object.assign(inode, { mode, uid, gid, atime: time, mtime: time, ctime: time, btime: time });
}

function loadFiles<K>(
  into: Map<K, LayerPart<LayerFile>>,
  saved: readonly (readonly [K, NodeName])[],
  find: (name: NodeName) => LayerNode | undefined,
): boolean {
  for (const [id, name] of saved) {
    const node = find(name);
    if (node?.kind !== 'file') return false;
    into.set(id, { layer: name[0], node });
  }
  return true;
}

function nodeAt(
  layer: Layer,
  number: number,
  path: string,
  known: Map<string, LayerNode | undefined>,
): LayerNode | undefined {
  if (path === '') return layer.root;
  const key = `${number} ${path}`;
  if (known.has(key)) return known.get(key);
  const slash = path.lastIndexOf('/');
  const parent = nodeAt(layer, number, path.slice(0, Math.max(0, slash)), known);
  const node = parent?.kind === 'directory' ? layer.list(parent).get(path.slice(slash + 1)) : undefined;
  known.set(key, node);
  return node;
}

/** Maps and records are kept and filled anew: others hold them, too. */
function become(vfs: Vfs, name: keyof Vfs, value: unknown): void {
  const now: unknown = vfs[name];
  if (now instanceof Map) {
    now.clear();
    for (const [key, each] of value as Map<unknown, unknown>) now.set(key, each);
  } else if (typeof now === 'object' && now !== null) Object.assign(now, value);
  else Object.assign(vfs, { [name]: value });
}
