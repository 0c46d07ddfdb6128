/** The life of every task of a run, from its events: who made it and how, what it executed, who adopted and reaped it. */
import type { EventRecord } from '../events/index.ts';

/** A program that a process began to execute. */
export interface ProgramStart {
  readonly time: number;
  readonly path: string;
  readonly comm: string;
}

/** From the birth of a task to the wait of its parent. Times are virtual nanoseconds. */
export interface Life {
  readonly tid: number;
  /** The process it belongs to: itself, when it is the first thread of one. */
  readonly pid: number;
  /** The process that made it; 0 for the first one. */
  readonly madeBy: number;
  /** `boot`: by the kernel at its start. `host`: from outside of the machine, as a child of the first process. */
  readonly how: 'boot' | 'host' | 'fork' | 'vfork' | 'clone' | 'thread';
  readonly born: number;
  readonly programs: ProgramStart[];
  /** Its name when it was made, which is its maker's. */
  readonly firstComm: string;
  /** Its name now. */
  comm: string;
  readonly adoptions: { readonly time: number; readonly by: number }[];
  /** When it ended, and its wait status; null while it lives. */
  ended: { readonly time: number; readonly status: number } | null;
  reaped: { readonly time: number; readonly by: number } | null;
  /** Child processes and, of a process, its further threads, in the order of birth. */
  readonly children: Life[];
}

const CLONE_VM = 0x100;
const CLONE_VFORK = 0x4000;

/** Collects lives from events in their order. */
export class Lineage {
  /** The first process, and in a machine without one what the host started. */
  readonly roots: Life[] = [];
  readonly #now = new Map<number, Life>();
  readonly #nameOf: (id: number) => string;

  /** @param nameOf - the text of an event's field that ends in `Name` */
  constructor(nameOf: (id: number) => string) {
    this.#nameOf = nameOf;
  }

  take(event: EventRecord): void {
    TELL[event.kind]?.(this, event, this.#nameOf);
  }

  /** Who has the number at a time. Whom no task has made, the host did. */
  of(tid: number, at: number): Life {
    const known = this.#now.get(tid);
    if (known !== undefined) return known;
    const first = tid === 1 ? null : (this.#now.get(1) ?? null);
    return this.#add(first, { tid, pid: tid, how: tid === 1 ? 'boot' : 'host', born: at });
  }

  born(maker: Life, made: Pick<Life, 'tid' | 'pid' | 'how' | 'born'>): void {
    this.#add(this.of(maker.pid, made.born), made);
  }

  #add(parent: Life | null, made: Pick<Life, 'tid' | 'pid' | 'how' | 'born'>): Life {
    const comm = made.how === 'host' ? '' : (parent?.comm ?? '');
    const life: Life = {
      ...made,
      madeBy: parent?.tid ?? 0,
      programs: [],
      firstComm: comm,
      comm,
      adoptions: [],
      ended: null,
      reaped: null,
      children: [],
    };
    this.#now.set(made.tid, life);
    (parent?.children ?? this.roots).push(life);
    return life;
  }
}

function howMade(flags: number, isThread: boolean): Life['how'] {
  if (isThread) return 'thread';
  if ((flags & CLONE_VFORK) !== 0) return 'vfork';
  return (flags & CLONE_VM) === 0 ? 'fork' : 'clone';
}

type Tell = (lineage: Lineage, event: EventRecord, nameOf: (id: number) => string) => void;

/** What each kind of event adds. */
const TELL: Readonly<Record<string, Tell>> = {
  fork(lineage, { at, tid, fields }) {
    const child = fields['child']!;
    const pid = fields['group']!;
    lineage.born(lineage.of(tid, at), {
      tid: child,
      pid,
      how: howMade(fields['flags']!, child !== pid),
      born: at,
    });
  },
  exec(lineage, { at, tid, fields }, nameOf) {
    const life = lineage.of(tid, at);
    life.comm = nameOf(fields['commName']!);
    life.programs.push({ time: at, path: nameOf(fields['pathName']!), comm: life.comm });
  },
  rename(lineage, { at, tid, fields }, nameOf) {
    lineage.of(tid, at).comm = nameOf(fields['commName']!);
  },
  exit(lineage, { at, tid, fields }) {
    lineage.of(tid, at).ended = { time: at, status: fields['status']! };
  },
  reparent(lineage, { at, fields }) {
    lineage.of(fields['child']!, at).adoptions.push({ time: at, by: fields['to']! });
  },
  reap(lineage, { at, tid, fields }) {
    lineage.of(fields['child']!, at).reaped = { time: at, by: tid };
  },
};
