/**
 * The kernel's own records as one graph of plain data, for snapshots, and a kernel becoming what a saved one was.
 * Memory, file systems and events save themselves.
 */
import type { Nanos } from '../base/index.ts';
import { type Frame, layout } from '../memory/index.ts';
import type { Timestamp } from '../vfs/index.ts';
import { useTables } from './cpu.ts';
import type { Cpu, Halt } from './cpu-state.ts';
import type { Kernel } from './kernel.ts';
import type { SavedScheduler } from './scheduler.ts';
import type { TimerKind } from './timer.ts';
import type { Task, ThreadGroup } from './types.ts';

/** Everything a kernel has beside its parts; the values are the kernel's own, to be packed at once. */
export interface SavedKernel {
  readonly clock: Nanos;
  readonly retired: number;
  readonly halt: Halt | null;
  readonly hostedEnded: boolean;
  readonly oomVictim: number;
  readonly epoch: Timestamp;
  readonly names: Kernel['names'];
  readonly counters: Kernel['counters'];
  readonly ipc: Kernel['ipc'];
  readonly load: Kernel['load'];
  readonly random: Uint32Array;
  readonly maps: Readonly<Record<MapName, ReadonlyMap<unknown, unknown>>>;
  readonly cpus: readonly Cpu[];
  readonly cpu: number;
  readonly scheduler: SavedScheduler;
  readonly timers: readonly { readonly at: Nanos; readonly kind: TimerKind; readonly id: number }[];
  readonly slots: { readonly frames: readonly number[]; readonly free: readonly number[] };
  readonly task: Task;
  readonly group: ThreadGroup;
  readonly loaded: Task | null;
  /** Registers and reservation, as the hart holds them. */
  readonly hart: Uint8Array;
}

const MAPS = [
  'tasks',
  'groups',
  'processGroups',
  'sessions',
  'fsContexts',
  'hosted',
  'queues',
  'futexes',
  'piOwners',
  'posixTimers',
  'queuedSignals',
] as const;
type MapName = (typeof MAPS)[number];

const HART_STATE = layout.HART_RESERVATION + 8;

/** Describes the kernel as it is now. */
export function saveKernel(k: Kernel): SavedKernel {
  const { clock, retired, halt, hostedEnded, oomVictim, epoch, names, counters, cpus, task, group, loaded } =
    k;
  return {
    ...{ clock, retired, halt, hostedEnded, oomVictim, epoch, names, counters, cpus, task, group, loaded },
    random: k.random.state,
    ipc: k.ipc,
    load: k.load,
    maps: { ...mapsOf(k) },
    cpu: k.cpu.id,
    scheduler: k.scheduler.save(),
    timers: k.timers.list(),
    slots: { frames: k.registers.frames, free: k.registers.free },
    hart: k.memory.frames.u8.slice(layout.HART, HART_STATE),
  };
}

const mapsOf = (k: Kernel): Record<MapName, Map<unknown, unknown>> =>
  Object.fromEntries(MAPS.map((name) => [name, k[name]])) as Record<MapName, Map<unknown, unknown>>;

/** Gives a kernel that has just been made the records of a saved one. Its parts have been loaded before. */
export function loadKernel(k: Kernel, saved: SavedKernel): void {
  const { clock, retired, halt, hostedEnded, oomVictim, epoch, task, group, loaded } = saved;
  Object.assign(k, { clock, retired, halt, hostedEnded, oomVictim, epoch, task, group, loaded });
  Object.assign(k.names, saved.names);
  Object.assign(k.counters, saved.counters);
  Object.assign(k.ipc, saved.ipc);
  Object.assign(k.load, saved.load);
  k.random.state.set(saved.random);
  for (const [name, map] of Object.entries(mapsOf(k))) refill(map, saved.maps[name as MapName]);
  saved.cpus.forEach((cpu, id) => {
    Object.assign(k.cpus[id]!, cpu);
  });
  k.cpu = k.cpus[saved.cpu]!;
  k.scheduler.load(saved.scheduler);
  for (const { kind, id } of k.timers.list()) k.timers.cancel(kind, id);
  for (const { at, kind, id } of saved.timers) k.timers.arm(at, kind, id);
  relist(k.registers.frames, saved.slots.frames as readonly Frame[]);
  relist(k.registers.free, saved.slots.free);
  k.memory.frames.u8.set(saved.hart, layout.HART);
  useTables(k);
  k.group = group;
  k.isHeld = false;
}

function relist<T>(list: T[], from: readonly T[]): void {
  list.length = 0;
  for (const value of from) list.push(value);
}

function refill(map: Map<unknown, unknown>, from: ReadonlyMap<unknown, unknown>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
