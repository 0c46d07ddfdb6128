/** A small world of open files for tests, with a host that remembers what it was told. Not exported from the layer. */
import type { Nanos } from '../base/index.ts';
import { decodeUtf8, encodeUtf8, NEVER } from '../base/index.ts';
import { BufferTransfer } from './buffer.ts';
import { OWN_POSITION } from './file-ops.ts';
import { fileOf } from './open-file.ts';
import { type Grove, grove, type Sketch } from './tree-fixture.ts';
import type { FileId, OpenFile, Outcome, QueueId, VfsHost } from './types.ts';
import type { Vfs } from './vfs.ts';

/** What tests set and see of the kernel around the files. */
export interface Surroundings {
  now: number;
  /** The current task. */
  tid: number;
  pgid: number;
  sid: number;
  tty: number;
  nofile: number;
  fsize: number;
  readonly woken: QueueId[];
  readonly signals: { readonly to: number; readonly signo: number }[];
  readonly waiting: Map<QueueId, number[]>;
  readonly timers: { readonly kind: string; readonly at: number; readonly id: number }[];
  deadline: number;
}

export interface Desk extends Grove {
  readonly around: Surroundings;
  file(id: FileId): OpenFile;
  /** Writes text (or so many bytes) to a file; gives the outcome. */
  write(id: FileId, what: string | number | Uint8Array, at?: number): Outcome;
  /** Reads up to `length` bytes: the text, or what came instead. */
  read(id: FileId, length: number, at?: number): string | Exclude<Outcome, number>;
  poll(id: FileId): number;
}

/** What a call that waits waits for. */
export const waitsOn = (outcome: Outcome | string): string | null =>
  typeof outcome === 'object' ? outcome.on : null;

const hostOf = (around: Surroundings): Partial<VfsHost> => ({
  now: () => around.now as Nanos,
  wake: (queue) => {
    around.woken.push(queue);
    around.waiting.delete(queue);
  },
  waiters: (queue) => around.waiting.get(queue) ?? [],
  current: () => ({
    tid: around.tid,
    tgid: around.tid,
    pgid: around.pgid,
    sid: around.sid,
    tty: around.tty,
  }),
  limit: (resource) => around[resource],
  signalGroup: (pgid, signo) => void around.signals.push({ to: pgid, signo }),
  signalCurrent: (signo) => void around.signals.push({ to: 0, signo }),
  arm: (kind, at, id) => void around.timers.push({ kind, at, id }),
  deadline: (relative) => {
    if (around.deadline >= NEVER) around.deadline = around.now + relative;
    return around.deadline as Nanos;
  },
  expired: () => around.now >= around.deadline,
  setTty: (tty) => {
    around.tty = tty;
  },
  dropTty: () => {
    around.tty = 0;
  },
});

/** A desk to work at. */
export function desk(...layers: Sketch[]): Desk {
  const tree = grove(...layers);
  const { vfs } = tree;
  const around: Surroundings = {
    now: 0,
    tid: 1,
    pgid: 1,
    sid: 1,
    tty: 0,
    nofile: 1024,
    fsize: Number.POSITIVE_INFINITY,
    woken: [],
    signals: [],
    waiting: new Map(),
    timers: [],
    deadline: NEVER,
  };
  Object.assign(vfs.host, hostOf(around));
  return { ...tree, around, ...verbs(vfs) };
}

function verbs(vfs: Vfs): Pick<Desk, 'file' | 'write' | 'read' | 'poll'> {
  const file = (id: FileId) => fileOf(vfs, id);
  return {
    file,
    write(id, what, at = OWN_POSITION) {
      const bytes =
        typeof what === 'string' ? encodeUtf8(what) : typeof what === 'number' ? new Uint8Array(what) : what;
      return vfs.ops[file(id).kind].write(vfs, file(id), new BufferTransfer(bytes), at);
    },
    read(id, length, at = OWN_POSITION) {
      const bytes = new Uint8Array(length);
      const result = vfs.ops[file(id).kind].read(vfs, file(id), new BufferTransfer(bytes), at);
      return typeof result === 'number' ? decodeUtf8(bytes, 0, result) : result;
    },
    poll: (id) => vfs.ops[file(id).kind].poll(vfs, file(id)),
  };
}
