/**
 * The state hash: a canonical walk over everything that is machine state. Caches are left out (TLB, decoded
 * code), and so are the constants of image layers.
 */
import { type Hash, hashNumber, hashText, hashWord } from '../base/index.ts';
import { type Kernel, saveLoaded } from '../kernel/index.ts';
import { type ByteRing, ringPeek } from '../vfs/index.ts';

/** Fields of the VFS that are doors, behaviour, or nodes of layers. */
const NO_STATE = new Set([
  'memory',
  'host',
  'ops',
  'layers',
  'born',
  'directoryOrigins',
  'fileOrigins',
  'fills',
  // What waits for the host is no state: when the host takes it must not matter.
  'backlog',
  'pipes',
  'ttys',
]);

/** What is in a ring: where it lies there depends on the pieces in which it came. */
function bytesIn(ring: ByteRing): Uint8Array {
  const bytes = new Uint8Array(ring.length);
  ringPeek(ring, bytes);
  return bytes;
}

/** Adds all state of a machine to a running hash. */
export function hashMachine(k: Kernel, hash: Hash): void {
  saveLoaded(k);
  k.memory.hashInto(hash);
  for (const [name, value] of Object.entries(k.vfs)) if (!NO_STATE.has(name)) hashValue(hash, value);
  for (const pipe of k.vfs.pipes.values())
    if (pipe.host !== 'reader') hashValue(hash, { ...pipe, ring: bytesIn(pipe.ring) });
    else hashValue(hash, [pipe.id, pipe.writers, pipe.readers]);
  for (const tty of k.vfs.ttys.values()) {
    const arriving = bytesIn(tty.arriving);
    hashValue(hash, tty.isHosted ? { ...tty, arriving, output: null } : { ...tty, arriving });
  }
  const { tasks, groups, processGroups, sessions, fsContexts, cpus, queues, futexes, piOwners } = k;
  const { counters, random, clock, retired, halt, ipc, load } = k;
  const records = {
    tasks,
    groups,
    processGroups,
    sessions,
    fsContexts,
    cpus,
    queues,
    futexes,
    piOwners,
    counters,
    ipc,
    load,
    random,
    clock,
    retired,
    halt,
  };
  hashValue(hash, records);
  const { choice, state, turns } = k.scheduler.save();
  hashValue(hash, [choice, state, turns]);
  hashValue(
    hash,
    k.scheduler.list().map(({ tid }) => tid),
  );
  hashValue(hash, k.timers.list());
}

const TAGS = {
  undefined: 1,
  null: 2,
  false: 3,
  true: 4,
  number: 5,
  string: 6,
  list: 7,
  map: 8,
  set: 9,
  record: 10,
};

/** Plain data of any shape, in its own order: Maps and records in the order of insertion. */
function hashValue(hash: Hash, value: unknown): void {
  if (typeof value === 'number') {
    hashWord(hash, TAGS.number);
    hashNumber(hash, value === Number.POSITIVE_INFINITY ? -1 : value);
  } else if (typeof value === 'string') {
    hashWord(hash, TAGS.string);
    hashText(hash, value);
  } else if (value instanceof Map) hashList(hash, TAGS.map, [...value].flat());
  else if (value instanceof Set) hashList(hash, TAGS.set, [...value]);
  else if (ArrayBuffer.isView(value)) hashList(hash, TAGS.list, [...(value as Uint8Array)]);
  else if (Array.isArray(value)) hashList(hash, TAGS.list, value);
  else if (typeof value === 'object' && value !== null) hashList(hash, TAGS.record, Object.values(value));
  else hashWord(hash, TAGS[String(value) as 'true' | 'false' | 'null' | 'undefined']);
}

function hashList(hash: Hash, tag: number, values: readonly unknown[]): void {
  hashWord(hash, tag);
  hashWord(hash, values.length);
  for (const value of values) hashValue(hash, value);
}
