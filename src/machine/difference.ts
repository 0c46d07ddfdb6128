/** What differs between two machines, and what a machine executed, in a form to be told. */
import { getSaved, type Kernel, saveLoaded, type Task } from '../kernel/index.ts';
import { layout, type Mm } from '../memory/index.ts';
import { inspect, type MachineView } from './inspect/machine-view.ts';
import type { Machine } from './machine.ts';

/** One thing in which two machines differ: a register, a byte of memory, or a record of the kernel. */
export interface Difference {
  /** `task 3: a0`, `process 2: byte 0x10000`, `processes.0.threads.0.syscalls`. */
  readonly what: string;
  readonly first: string;
  readonly second: string;
}

/** An instruction that was executed, and by whom. */
export interface Executed {
  readonly tid: number;
  readonly comm: string;
  readonly pc: number;
  /** Its bytes as a word; undefined when nothing could be read there. */
  readonly word: number | undefined;
  /** The mapping it lies in. */
  readonly map: { readonly start: number; readonly offset: number; readonly name: string } | undefined;
}

interface Looked {
  readonly view: MachineView;
  readonly executedBy: ReadonlyMap<number, number>;
  readonly at: ReadonlyMap<number, Executed>;
}

const { PAGE_SIZE } = layout;

const tasksOf = (k: Kernel): Task[] => [...k.tasks.values()].filter(({ registers }) => registers !== 0);
const mmOf = (k: Kernel, task: Task): Mm | undefined => k.mms.get(task.mm as never);

/** A half-word of a task's memory. */
function halfAt(k: Kernel, mm: Mm, address: number): number | undefined {
  const page = address - (address % PAGE_SIZE);
  const [entry] = k.memory.spaces.entriesOf(mm, page, page + PAGE_SIZE);
  if (entry?.address !== page) return undefined;
  const at = entry.frame * PAGE_SIZE + (address % PAGE_SIZE);
  return k.memory.frames.u8[at]! | (k.memory.frames.u8[at + 1]! << 8);
}

function wordAt(k: Kernel, mm: Mm, pc: number): number | undefined {
  const low = halfAt(k, mm, pc);
  if (low === undefined || (low & 3) !== 3) return low;
  const high = halfAt(k, mm, pc + 2);
  return high === undefined ? undefined : (low | (high << 16)) >>> 0;
}

function nextOf(k: Kernel, view: MachineView, task: Task): Executed {
  const pc = getSaved(k.memory.frames, task.registers, 'pc');
  const mm = mmOf(k, task);
  const process = view.processes.find(({ threads }) => threads.some(({ tid }) => tid === task.tid));
  const map = process?.maps.find(({ start, end }) => pc >= start && pc < end);
  return { tid: task.tid, comm: task.comm, pc, word: mm && wordAt(k, mm, pc), map };
}

/** Notes what each task would execute next. */
export function lookAt({ kernel: k }: Machine): Looked {
  saveLoaded(k);
  const view = inspect(k);
  const threads = view.processes.flatMap((process) => process.threads);
  return {
    view,
    executedBy: new Map(threads.map(({ tid, instructions }) => [tid, instructions])),
    at: new Map(tasksOf(k).map((task) => [task.tid, nextOf(k, view, task)])),
  };
}

/** Where its programs stand: the same for machines of other options that go the same way. */
export function placesOf({ kernel: k }: Machine): string {
  saveLoaded(k);
  const places = tasksOf(k).map((task) => [task.tid, getSaved(k.memory.frames, task.registers, 'pc')]);
  return JSON.stringify([places, k.retired]);
}

/** What a machine has executed since it was looked at. */
export function executedBetween(before: Looked, { kernel: k }: Machine): Executed | null {
  const threads = inspect(k).processes.flatMap((process) => process.threads);
  const ran = threads.find(({ tid, instructions }) => instructions > (before.executedBy.get(tid) ?? 0));
  const known = ran && before.at.get(ran.tid);
  if (known === undefined) return null;
  // Its page may not have been there yet.
  const task = k.tasks.get(known.tid as never);
  const mm = task && mmOf(k, task);
  return { ...known, word: known.word ?? (mm && wordAt(k, mm, known.pc)) };
}

const hex = (value: bigint | number | undefined): string =>
  value === undefined ? 'nothing' : `0x${value.toString(16)}`;

/** Registers of a saved slot: 32 integer, 32 floating-point, pc, and the two words of flags. */
const REGISTERS = layout.REGISTERS_SIZE / 8;

const longAt = ({ memory: { frames } }: Kernel, at: number): bigint =>
  (BigInt(frames.u32[(at >>> 2) + 1]!) << 32n) | BigInt(frames.u32[at >>> 2]!);

function registerDifferences(a: Kernel, b: Kernel, task: Task): Difference[] {
  const other = b.tasks.get(task.tid);
  if (other === undefined || other.registers === 0) return [];
  const found: Difference[] = [];
  for (let i = 0; i < REGISTERS; i++) {
    const first = longAt(a, task.registers + 8 * i);
    const second = longAt(b, other.registers + 8 * i);
    if (first !== second)
      found.push({ what: `task ${task.tid}: ${registerName(i)}`, first: hex(first), second: hex(second) });
  }
  return found;
}

const registerName = (i: number): string => {
  if (i < 32) return `x${i}`;
  return i < 64 ? `f${i - 32}` : ['pc', 'frm and fflags'][i - 64]!;
};

/** The first byte of each page that differs in an address space. */
function memoryDifferences(a: Kernel, b: Kernel, id: Mm['id'], mm: Mm): Difference[] {
  const other = b.mms.get(id);
  if (other === undefined) return [];
  const bytesOf = (k: Kernel, frame: number) =>
    k.memory.frames.u8.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
  const found: Difference[] = [];
  const theirs = new Map(b.memory.spaces.entriesOf(other).map((entry) => [entry.address, entry.frame]));
  for (const { address, frame } of a.memory.spaces.entriesOf(mm)) {
    const where = theirs.get(address);
    const what = `address space ${id}: byte `;
    if (where === undefined) {
      found.push({ what: what + hex(address), first: 'present', second: 'absent' });
      continue;
    }
    const [first, second] = [bytesOf(a, frame), bytesOf(b, where)];
    const at = first.findIndex((byte, i) => byte !== second[i]);
    if (at >= 0)
      found.push({ what: what + hex(address + at), first: hex(first[at]), second: hex(second[at]) });
  }
  return found;
}

/** Where two values of plain data differ first. */
function recordDifference(what: string, first: unknown, second: unknown): Difference | null {
  if (Object.is(first, second)) return null;
  const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (!isPlain(first) || !isPlain(second)) return { what, first: String(first), second: String(second) };
  for (const name of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const path = what === '' ? name : `${what}.${name}`;
    const found = recordDifference(path, Reflect.get(first, name), Reflect.get(second, name));
    if (found !== null) return found;
  }
  return null;
}

/** What differs between two machines: registers first, then memory, then the first record of each process. */
export function differencesOf({ kernel: a }: Machine, { kernel: b }: Machine): Difference[] {
  saveLoaded(a);
  saveLoaded(b);
  const record = recordDifference('', inspect(a), inspect(b));
  return [
    ...tasksOf(a).flatMap((task) => registerDifferences(a, b, task)),
    ...[...a.mms].flatMap(([id, mm]) => memoryDifferences(a, b, id, mm)),
    ...(record === null ? [] : [record]),
  ];
}
