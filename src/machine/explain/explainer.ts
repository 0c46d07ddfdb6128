/**
 * Tells of a Python program line by line what the kernel did for it. It listens to events as they are made, looks
 * at the frames of the task that makes a call, and changes nothing.
 */
import { defaultAction, SYSCALL_NAMES } from '../../abi/index.ts';
import { type AnyEventKind, DIRECTIONS, EVENT, FAULT_KINDS, MAPPING_CHANGES } from '../../events/index.ts';
import type { Kernel, Task, Tid } from '../../kernel/index.ts';
import { type PythonFrame, PythonStacks } from '../inspect/python-frames.ts';
import { Symbols } from '../inspect/symbols.ts';
import type { Deed, Told } from './deed.ts';
import { Group } from './group.ts';
import { PythonSource } from './python-source.ts';

/** What is told, and of whose lines. */
export interface ExplainOptions {
  readonly take: (told: Told) => void;
  /** Files below this folder are the user's own; unless told, those that no library folder holds. */
  readonly folder?: string;
  /** The text of a file. */
  readonly textOf: (path: string) => string | null;
}

/** The line that a task is at. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** Names of the functions that the line's call has led to, the innermost first. */
  readonly within: readonly string[];
}

/** What is remembered of a task. */
interface Seen {
  place: Place | null;
  /** Forked, and not yet seen to run Python. */
  isNew: boolean;
  /** Calls of the system call that is running, for events within it. */
  nr: number;
  fd: number;
  flags: number;
  copies: number;
  switches: number;
  /** The statement whose slip has been told, so that it is told once each time. */
  slipAt: string;
}

/** No line of the user's: Python begins, tidies up or says what is wrong. */
const PYTHON: Place = { file: '', line: 0, function: '', within: [] };
/** Deeds that are told of Python itself. */
const AT_END: ReadonlySet<Deed['what']> = new Set(['exit', 'reap', 'signal', 'wait', 'write']);
const LIBRARY = /^<|^\/usr\/(local\/)?lib\/|\/(site|dist)-packages\//;
/** Python gives its lock away after so long: who waits no longer than that waits for it. */
const SWITCH_INTERVAL = 5_100_000;
const MAP_SHARED = 1;
/** Kinds of files whose opening is told. */
const TOLD_FILES: ReadonlySet<string> = new Set(['regular', 'pipe', 'socket', 'tty']);
const CLONE_VM = 0x100;
/** A task that is never told of is remembered no longer than this many are. */
const MOST_TASKS = 100_000;
const MOST_SOURCES = 1000;

/** Events that are listened to. */
export const LISTENED = [
  'syscall-enter',
  'page-fault',
  'fork',
  'exec',
  'exit',
  'reap',
  'block',
  'switch',
  'signal',
  'signal-sent',
  'transfer',
  'fd-open',
  'mapping',
] as const;

/** Calls that say nothing of processes and happen all the time: no frames are read for them. */
const DULL: ReadonlySet<string> = new Set([
  'clock_gettime',
  'fstat',
  'newfstatat',
  'lseek',
  'ioctl',
  'close',
  'rt_sigaction',
  'rt_sigprocmask',
  'getdents64',
  'getpid',
  'gettid',
  'getppid',
  'munmap',
  'mprotect',
  'brk',
  'madvise',
  'readlinkat',
  'faccessat',
  'fcntl',
]);

type Hear = (tid: number, a: number, b: number, c: number, d: number) => void;

export class Explainer {
  readonly #k: Kernel;
  readonly #options: ExplainOptions;
  readonly #stacks: PythonStacks;
  readonly #tasks = new Map<number, Seen>();
  readonly #sources = new Map<string, PythonSource>();
  readonly #hears: (Hear | undefined)[] = [];
  #group: Group | null = null;
  #hasToldUnreadable = false;

  constructor(k: Kernel, options: ExplainOptions) {
    this.#k = k;
    this.#options = options;
    this.#stacks = new PythonStacks(k, new Symbols(k));
    this.#listen();
    for (const name of LISTENED) k.events.want(name, true);
    k.events.listener = (kind, tid, a, b, c, d) => this.#hears[kind.id]?.(tid, a, b, c, d);
  }

  /** Tells what is still held back for more of the same line. */
  flush(): void {
    const group = this.#group;
    this.#group = null;
    if (group !== null) this.#options.take(group.told());
  }

  #listen(): void {
    const on = (kind: AnyEventKind, hear: Hear) => {
      this.#hears[kind.id] = hear;
    };
    const name = (id: number) => this.#k.events.nameOf(id);
    on(EVENT.syscallEnter, (tid, nr, a0) => this.#entered(tid, nr, a0));
    on(EVENT.pageFault, (tid, _address, _access, outcome) => this.#faulted(tid, outcome));
    on(EVENT.fork, (tid, child, group, flags) => this.#forked(tid, child, group, flags));
    on(EVENT.exec, (tid, path) => this.#executed(tid, name(path)));
    on(EVENT.exit, (tid, status, group) => this.#ended(tid, status, group));
    on(EVENT.reap, (_pid, child, status) => this.#tell(this.#k.task.tid, { what: 'reap', child, status }));
    on(EVENT.block, (tid, what, detail, until) => this.#blocked(tid, name(what), detail, until));
    on(EVENT.contextSwitch, (_tid, from) => {
      const seen = this.#tasks.get(from);
      if (seen !== undefined) seen.switches++;
    });
    on(EVENT.signal, (tid, signo, _code, from) => this.#signalled(tid, signo, from));
    on(EVENT.signalSent, (tid, signo, to) => this.#sent(tid, signo, to));
    on(EVENT.transfer, (tid, direction, bytes, type, file) => {
      const seen = this.#tasks.get(tid);
      const fd = seen?.fd ?? -1;
      const what = DIRECTIONS[direction]!;
      if (seen === undefined || name(type) === 'proc') return;
      // Python writes what a program has printed that never asked for anything else, or says what is wrong with it.
      if (what === 'write' && (fd === 1 || fd === 2)) seen.place ??= PYTHON;
      this.#tell(tid, {
        what,
        fd: fd >= 0 && fd <= 2 ? fd : null,
        type: name(type),
        file: name(type) === 'regular' ? 0 : file,
        bytes,
        times: 1,
      });
    });
    on(EVENT.fdOpen, (tid, _fd, type, path) => {
      if (TOLD_FILES.has(name(type)))
        this.#tell(tid, { what: 'open', type: name(type), path: name(path), times: 1 });
    });
    on(EVENT.mapping, (tid, change, _start, bytes) => {
      const seen = this.#tasks.get(tid);
      const isShared = MAPPING_CHANGES[change] === 'map' && ((seen?.flags ?? 0) & MAP_SHARED) !== 0;
      if (isShared) this.#tell(tid, { what: 'shared-memory', bytes });
    });
  }

  #entered(tid: number, nr: number, a0: number): void {
    if (!DULL.has(SYSCALL_NAMES[nr] ?? '')) this.#look(tid);
    // What a child has become that runs another program counts for the line that began it.
    const seen = this.#tasks.get(tid);
    if (seen === undefined) return;
    seen.nr = nr;
    seen.fd = a0;
    seen.flags = this.#k.call.words[6]!;
  }

  /** Where the current task is now; null while it has nothing to do with Python. */
  #look(tid: number): Seen | null {
    const { task, mms } = this.#k;
    const mm = task.tid === tid && task.mm !== 0 ? mms.get(task.mm) : undefined;
    const found = mm === undefined ? 'none' : this.#stacks.find(mm);
    if (found === 'other') this.#unreadable(task);
    if (mm === undefined || typeof found === 'string') return null;
    const seen = this.#seen(tid);
    const frames = this.#stacks.frames(mm, tid);
    const at = frames.findIndex(({ file }) => this.#isOwn(file));
    // The child of a fork has no thread of Python's own at first, and perhaps never.
    if (seen.isNew && frames.length === 0) return seen;
    seen.isNew = false;
    const before = seen.place;
    const own = frames[at];
    // While a program starts nothing is told; a line that is not known is the one before.
    if (own === undefined) seen.place = before === null ? null : PYTHON;
    else if (own.line !== null) seen.place = placeOf(own, frames.slice(0, at));
    if (keyOf(before) !== keyOf(seen.place)) this.#moved(tid, seen);
    if (own !== undefined) this.#lookForSlip(tid, seen, own, frames.slice(at + 1));
    return seen;
  }

  #seen(tid: number): Seen {
    const known = this.#tasks.get(tid);
    if (known !== undefined) return known;
    if (this.#tasks.size >= MOST_TASKS) this.#tasks.clear();
    const seen: Seen = {
      place: null,
      isNew: false,
      nr: 0,
      fd: -1,
      flags: 0,
      copies: 0,
      switches: 0,
      slipAt: '',
    };
    this.#tasks.set(tid, seen);
    return seen;
  }

  #isOwn(file: string): boolean {
    const { folder } = this.#options;
    return folder === undefined ? !LIBRARY.test(file) : file.startsWith(folder.replace(/\/*$/, '/'));
  }

  /** What was counted belongs to the line that the task has left. */
  #moved(tid: number, seen: Seen): void {
    if (this.#group?.tid === tid) this.flush();
    seen.copies = 0;
    seen.switches = 0;
  }

  /** The caller's statement gives the result of what runs here as a target: it will come too early. */
  #lookForSlip(tid: number, seen: Seen, own: PythonFrame, callers: readonly PythonFrame[]): void {
    const caller = callers[0];
    if (caller === undefined || caller.line === null || !this.#isOwn(caller.file)) return;
    const slip = this.#sourceOf(caller.file).calledTarget(caller.line);
    const name = own.function.split('.').at(-1);
    const key = `${plainPath(caller.file)}:${caller.line}`;
    if (slip === null || slip.function !== name || seen.slipAt === key) return;
    const here = seen.place;
    seen.place = placeOf({ ...caller, line: caller.line }, []);
    this.#add(tid, seen, { what: 'called-too-early', ...slip, wasSeen: true });
    seen.place = here;
    this.flush();
    seen.slipAt = key;
  }

  #faulted(tid: number, outcome: number): void {
    if (FAULT_KINDS[outcome] !== 'copy-on-write') return;
    const seen = this.#look(tid);
    if (seen !== null && seen.place !== null) seen.copies++;
  }

  #forked(tid: number, child: number, group: number, flags: number): void {
    const seen = this.#tasks.get(tid);
    if (seen?.place == null) return;
    this.#slipUnseen(tid, seen);
    const born = this.#seen(child);
    born.isNew = child === group;
    born.place = born.isNew ? seen.place : null;
    if (child !== group) this.#tell(tid, { what: 'thread', child });
    else this.#tell(tid, { what: 'fork', child, isVfork: (flags & CLONE_VM) !== 0, ...this.#common(child) });
  }

  /** A function that asked nothing of the kernel was not seen; that it was called the line says itself. */
  #slipUnseen(tid: number, seen: Seen): void {
    const { file, line } = seen.place!;
    const slip = file === '' ? null : this.#sourceOf(file).calledTarget(line);
    const key = `${file}:${line}`;
    if (slip !== null && seen.slipAt !== key)
      this.#add(tid, seen, { what: 'called-too-early', ...slip, wasSeen: false });
    seen.slipAt = '';
  }

  /** Right after fork all that the child has is its parent's. */
  #common(child: number): { readonly pages: number; readonly copyOnWrite: number } {
    const mm = this.#k.mms.get(this.#k.tasks.get(child as Tid)!.mm as never)!;
    const pages = this.#k.memory.spaces.entriesOf(mm).filter(({ zero }) => !zero);
    return { pages: pages.length, copyOnWrite: pages.filter(({ copyOnWrite }) => copyOnWrite).length };
  }

  #ended(tid: number, status: number, group: number): void {
    const isThread = (this.#k.groups.get(group as never)?.threads.size ?? 1) > 1;
    this.#tell(tid, { what: 'exit', status, isThread });
    if (this.#group?.tid === tid) this.flush();
    this.#tasks.delete(tid);
  }

  #blocked(tid: number, on: string, detail: number, until: number): void {
    const place = this.#tasks.get(tid)?.place;
    if (place == null) return;
    const isShort = until - this.#k.now() <= SWITCH_INTERVAL;
    if (on.startsWith('futex') && isShort) return;
    const what = on.startsWith('futex') ? pythonWait(place.within) : on;
    this.#tell(tid, { what: 'wait', on: what, detail });
  }

  /** A new program has no line yet, if it is Python at all. */
  #executed(tid: number, path: string): void {
    this.#tell(tid, { what: 'exec', path });
    const seen = this.#tasks.get(tid);
    if (seen !== undefined) seen.isNew = true;
  }

  /** One that nobody handles, and that does nothing, is not worth a word. */
  #signalled(tid: number, signo: number, from: number): void {
    const { handlers } = this.#k.group;
    const isIgnored = handlers.actions[signo] == null && defaultAction(signo) === 'ignore';
    if (!isIgnored) this.#tell(tid, { what: 'signal', signo, from });
  }

  #sent(tid: number, signo: number, to: number): void {
    // The kernel's own word of a child's end says nothing that the end has not said.
    if (SYSCALL_NAMES[this.#tasks.get(tid)?.nr ?? 0]?.includes('kill'))
      this.#tell(tid, { what: 'sent', signo, to });
  }

  #tell(tid: number, deed: Deed): void {
    const seen = this.#tasks.get(tid);
    if (seen?.place == null) return;
    if (seen.place === PYTHON && !AT_END.has(deed.what)) return;
    this.#add(tid, seen, deed);
  }

  #add(tid: number, seen: Seen, deed: Deed): void {
    const { file, line, function: name } = seen.place!;
    if (this.#group?.isOf(tid, file, line) !== true) {
      this.flush();
      const source = file === '' ? '' : this.#sourceOf(file).line(line);
      const pid = this.#k.tasks.get(tid as Tid)?.group ?? tid;
      this.#group = new Group({ pid, tid, file, line, function: name, source });
    }
    const group = this.#group!;
    if (seen.copies > 0) group.add({ what: 'copied', pages: seen.copies });
    if (seen.switches > 0) group.add({ what: 'switched', times: seen.switches });
    seen.copies = 0;
    seen.switches = 0;
    group.add(deed);
  }

  #sourceOf(file: string): PythonSource {
    const known = this.#sources.get(file);
    if (known !== undefined) return known;
    if (this.#sources.size >= MOST_SOURCES) this.#sources.clear();
    const source = new PythonSource(this.#options.textOf(file) ?? '');
    this.#sources.set(file, source);
    return source;
  }

  #unreadable(task: Task): void {
    if (this.#hasToldUnreadable) return;
    this.#hasToldUnreadable = true;
    this.#options.take({ kind: 'unreadable', pid: task.group });
  }
}

const keyOf = (place: Place | null): string => (place === null ? '' : `${place.file}:${place.line}`);

/** Python puts what it was given behind its directory: /home/./file.py. */
const plainPath = (file: string): string => file.replaceAll('/./', '/');

const placeOf = ({ file, line, function: name }: PythonFrame, within: readonly PythonFrame[]): Place => ({
  file: plainPath(file),
  line: line ?? 0,
  function: name,
  within: within.map((frame) => frame.function),
});

/** What a thread waits for at a futex, by the Python functions that it is in. */
function pythonWait(within: readonly string[]): string {
  if (within.some((name) => /Thread\.join$/.test(name))) return 'thread-end';
  if (within.some((name) => /Thread\.start$/.test(name))) return 'thread-begin';
  return 'lock';
}
