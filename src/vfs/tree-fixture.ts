/** A small tree over layers in memory, for tests. Not exported from the layer. */

import { bug, encodeUtf8, type Nanos, NEVER } from '../base/index.ts';
import { type layout, Memory } from '../memory/index.ts';
import { bootTree, newFsContext } from './boot.ts';
import { capabilitiesOf } from './capability.ts';
import { inodeOf } from './inode.ts';
import type { Layer, LayerDirectory, LayerFile, LayerNode } from './layer.ts';
import type { Credentials, Inode, Place, ProcSource, QueueId, VfsHost } from './types.ts';
import { Vfs } from './vfs.ts';
import { type Resolved, type Walker, walk } from './walk.ts';

/** What a test says of a layer: text is a file, `-> there` a link, a record a directory, a node itself. */
export type Sketch = { readonly [name: string]: string | Sketch | { readonly node: LayerNode } };

const META = { uid: 0, gid: 0, mtime: 1000 };

/** A file node, for hard links and odd modes. */
export const fileNode = (text: string, more: Partial<LayerFile> = {}): LayerFile => {
  const bytes = encodeUtf8(text);
  return { kind: 'file', mode: 0o644, ...META, size: bytes.length, blob: bytes, ...more };
};

/** A layer whose files are strings. */
export function sketchLayer(id: string, sketch: Sketch): Layer {
  const lists = new Map<LayerDirectory, Map<string, LayerNode>>();
  const directory = (from: Sketch): LayerDirectory => {
    const made: LayerDirectory = { kind: 'directory', mode: 0o755, ...META };
    lists.set(made, new Map(Object.entries(from).map(([name, what]) => [name, nodeOf(what)])));
    return made;
  };
  const nodeOf = (what: Sketch[string]): LayerNode => {
    if (typeof what !== 'string') return isNode(what) ? what.node : directory(what);
    if (!what.startsWith('-> ')) return fileNode(what);
    return { kind: 'symlink', mode: 0o777, ...META, target: what.slice(3) };
  };
  return {
    id,
    root: directory(sketch),
    list: (of) => lists.get(of) ?? bug('a directory of another layer'),
    read(file, offset, into) {
      const bytes = (file.blob as Uint8Array).subarray(offset, offset + into.length);
      into.set(bytes);
      return bytes.length;
    },
  };
}

const isNode = (what: Sketch | { readonly node: LayerNode }): what is { readonly node: LayerNode } =>
  'node' in what && typeof what.node === 'object' && 'kind' in what.node;

/** A /proc with two processes, of which 1 is the current one. */
export const sketchProc: ProcSource = {
  text: ({ make, pid }) => `${make} of ${pid}\n`,
  link: ({ make }) => (make === 'self' ? '1' : make === 'mounts' ? 'self/mounts' : '/bin/init'),
  numbers: ({ make }) => (make === 'root' ? [1, 10] : []),
  target: () => null,
  write: () => 'EACCES',
  mayInspect: ({ pid }) => pid === 1,
  peek: () => null,
  poke: () => null,
  owner: ({ pid }) => (pid === 0 || pid === 1 || pid === 10 ? { uid: pid, gid: pid } : null),
};

function sketchHost(): VfsHost {
  let queues = 0;
  let time = 0;
  return {
    mqueueClosed: () => {},
    fdOpened: () => {},
    fdCopied: () => {},
    fdClosed: () => {},
    diskAsked: () => {},
    diskServed: () => {},
    now: () => time as Nanos,
    wall: () => ({ sec: 2000, nsec: time++ }),
    newQueue: () => ++queues as QueueId,
    wake: () => {},
    signalGroup: () => {},
    signalCurrent: () => {},
    current: () => ({ tid: 1, tgid: 1, pgid: 1, sid: 1, tty: 0 }),
    credentials: () => user(1000),
    signalOwner: () => {},
    limit: () => Number.POSITIVE_INFINITY,
    random: (into) => void into.fill(0),
    deadline: () => NEVER,
    expired: () => false,
    arm: () => {},
    waiters: () => [],
    stopForTty: () => 0,
    setTty: () => {},
    dropTty: () => {},
    hangUpSession: () => {},
    standsIn: () => false,
    sessionOf: () => 1,
    hasSignal: () => false,
    takeSignal: () => null,
    proc: sketchProc,
  };
}

const FIRST_FRAME = 16;

function sketchMemory(frames: number): Memory {
  const plan: layout.Layout = {
    frames,
    firstFrame: FIRST_FRAME,
    codeIndex: 0,
    codeStart: 0,
    codeEnd: 0,
    marks: 0,
    wasmPages: 0,
  };
  const buffer = new ArrayBuffer((FIRST_FRAME + frames) * 4096);
  const deaf = { flushPage: () => {}, flushAll: () => {}, frameWritten: () => {}, frameFreed: () => {} };
  return new Memory({ buffer } as WebAssembly.Memory, plan, deaf);
}

/** Credentials of a user in one group. */
export const user = (uid: number, gid = uid): Credentials => ({
  ruid: uid,
  euid: uid,
  suid: uid,
  fsuid: uid,
  rgid: gid,
  egid: gid,
  sgid: gid,
  fsgid: gid,
  groups: [],
  caps: capabilitiesOf(uid),
  securebits: 0,
});

/** A booted tree with somebody to walk it. */
export interface Grove {
  readonly vfs: Vfs;
  readonly root: Place;
  readonly who: Walker;
  /** The same root and working directory with another user's rights. */
  as(uid: number): Walker;
  find(path: string, options?: { follow?: boolean; parent?: boolean; who?: Walker }): Resolved | string;
  /** The inode a path must lead to. */
  get(path: string): Inode;
}

/** Boots a tree over layers, lowest first. */
export function grove(...sketches: Sketch[]): Grove {
  const vfs = new Vfs(sketchMemory(500), sketchHost());
  const layers = sketches.map((sketch, index) => sketchLayer(`layer${index}`, sketch));
  const root = bootTree(vfs, { layers, cpus: 2 });
  const fs = newFsContext(vfs, root);
  const who: Walker = { fs, credentials: user(0) };
  const find: Grove['find'] = (path, { follow = true, parent = false, who: by = who } = {}) =>
    walk(vfs, by, fs.cwd, path, { follow, parent });
  return {
    vfs,
    root,
    who,
    as: (uid) => ({ fs, credentials: user(uid) }),
    find,
    get(path) {
      const found = find(path);
      return typeof found === 'string' ? bug(`${path}: ${found}`) : inodeOf(vfs, found.inode);
    },
  };
}
