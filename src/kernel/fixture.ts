/**
 * A kernel without a processor, for tests: a hart that runs scripts of steps instead of instructions, a table
 * of a few calls, and processes made of scripts. Not exported from the layer.
 */
import type { Nanos } from '../base/index.ts';
import type { Hart } from '../hart/index.ts';
import { layout, Memory } from '../memory/index.ts';
import { bootTree, copyFsContext, newFilesTable, newFsContext } from '../vfs/index.ts';
import { setRun } from './block.ts';
import { createKernel } from './boot.ts';
import { REGISTERS_REPLACED } from './call.ts';
import { exitTask } from './exit.ts';
import { enterFamily } from './family.ts';
import type { Kernel, KernelOptions } from './kernel.ts';
import { setSaved } from './register-file.ts';
import { type Arg, syscall } from './syscall.ts';
import { allCpus, credentialsOf, newGroup, newHandlers, newTask } from './task.ts';
import type { FsId, Task, Tgid, Tid } from './types.ts';

/** What a scripted task does next: so many instructions, or a call. */
export type Step = number | 'yield' | 'exit' | { readonly sleep: number };

const number: Arg<number> = { decode: (lo) => lo, show: String };
const base = { errors: [], interrupted: 'EINTR', support: 'full' } as const;

const ROWS = [
  syscall({
    nr: 0,
    name: 'yield',
    args: [],
    ...base,
    run: (k) => {
      k.cpu.yields = true;
      return 0;
    },
  }),
  syscall({
    nr: 1,
    name: 'exit',
    args: [],
    ...base,
    run: (k) => {
      exitTask(k, k.task, 0);
      return REGISTERS_REPLACED;
    },
  }),
  syscall({
    nr: 2,
    name: 'sleep',
    args: [number],
    ...base,
    run: (k, nanos) => {
      k.deadline(nanos as Nanos);
      return k.expired() ? 0 : k.waitOn('sleep', []);
    },
  }),
];

const A0 = 20;
const A7 = 34;
const PROGRESS = 5;

/** Runs scripts: the pc counts steps by four, register 5 the instructions done of the present one. */
class ScriptedHart {
  readonly xWords: Int32Array;
  retired = 0;
  trapAddress = 0;
  readonly #u8: Uint8Array;
  readonly #u32: Uint32Array;
  readonly #scripts: ReadonlyMap<number, readonly Step[]>;
  readonly #current: () => number;

  constructor(buffer: ArrayBuffer, scripts: ReadonlyMap<number, readonly Step[]>, current: () => number) {
    this.xWords = new Int32Array(buffer, layout.HART_X, 64);
    this.#u8 = new Uint8Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#scripts = scripts;
    this.#current = current;
  }

  get pc(): number {
    return this.#u32[layout.HART_PC / 4]!;
  }
  set pc(value: number) {
    this.#u32[layout.HART_PC / 4] = value;
  }

  stepOver(): void {
    this.pc += 4;
  }

  run(budget: number): 'slice' | 'ecall' {
    this.retired = 0;
    const script = this.#scripts.get(this.#current())!;
    while (this.retired < budget) {
      const step = script[this.pc / 4] ?? 'exit';
      if (typeof step !== 'number') return this.#call(step);
      const done = this.xWords[2 * PROGRESS]!;
      const now = Math.min(step - done, budget - this.retired);
      this.retired += now;
      this.xWords[2 * PROGRESS] = done + now;
      if (done + now < step) break;
      this.xWords[2 * PROGRESS] = 0;
      this.pc += 4;
    }
    return 'slice';
  }

  #call(step: Exclude<Step, number>): 'ecall' {
    this.xWords[A7] = step === 'yield' ? 0 : step === 'exit' ? 1 : 2;
    this.xWords[A0] = typeof step === 'object' && 'sleep' in step ? step.sleep : 0;
    return 'ecall';
  }

  saveRegisters(to: number): void {
    this.#u8.copyWithin(to, layout.HART_X, layout.HART_X + layout.REGISTERS_SIZE);
  }
  loadRegisters(from: number): void {
    this.#u8.copyWithin(layout.HART_X, from, from + layout.REGISTERS_SIZE);
  }
  setAddressSpace(): void {}
  setTime(): void {}
  clearReservation(): void {}
}

const FRAMES = 400;
const FIRST = 16;

const OPTIONS: KernelOptions = {
  cpus: 1,
  policy: 'fair',
  quantum: 1000 as Nanos,
  switchCost: 0 as Nanos,
  seed: 7,
  epoch: { sec: 1_700_000_000, nsec: 0 },
  maxProcesses: 100,
  maxOpenFiles: 4096,
  hostname: 'slice',
  user: 0,
  strict: true,
  eventCapacity: 65536,
};

/** A kernel with one process for each script, ready since time 0; the first one is the parent of all. */
export function scriptedKernel(
  scripts: readonly (readonly Step[])[],
  options: Partial<KernelOptions> = {},
): Kernel {
  const buffer = new ArrayBuffer((FRAMES + FIRST) * layout.PAGE_SIZE);
  const tlb = { flushPage: () => {}, flushAll: () => {}, frameWritten: () => {}, frameFreed: () => {} };
  const plan = {
    frames: FRAMES,
    firstFrame: FIRST,
    codeIndex: 0,
    codeStart: 0,
    codeEnd: 0,
    marks: 0,
    wasmPages: 0,
  };
  const memory = new Memory({ buffer } as WebAssembly.Memory, plan, tlb);
  const byTid = new Map(scripts.map((script, i) => [i + 1, script]));
  const hart = new ScriptedHart(buffer, byTid, () => k.task.tid);
  const k: Kernel = createKernel({
    memory,
    hart: hart as unknown as Hart,
    table: ROWS,
    options: { ...OPTIONS, ...options },
  });
  const root = bootTree(k.vfs, { layers: [], cpus: k.cpus.length });
  k.fs = newFsContext(k.vfs, root);
  for (const tid of byTid.keys()) addScripted(k, tid);
  return k;
}

function addScripted(k: Kernel, tid: number): Task {
  const mm = k.memory.spaces.create();
  if (typeof mm === 'string') throw new Error(mm);
  const parent = (tid === 1 ? 0 : 1) as Tgid | 0;
  const group = newGroup(k, tid as Tgid, parent, newHandlers());
  const fs = k.counters.fs++ as FsId;
  k.fsContexts.set(fs, copyFsContext(k.vfs, k.fs));
  const ids = { tid: tid as Tid, group: group.tgid, mm: mm.id, files: newFilesTable(k.vfs).id, fs };
  const registers = k.registers.take();
  const shape = { registers, comm: `task${tid}`, credentials: credentialsOf(0) };
  const task = newTask({ ...ids, ...shape, affinity: allCpus(k.cpus.length) }, k.now());
  group.threads.add(task.tid);
  group.exitSignal = 17;
  k.tasks.set(task.tid, task);
  enterFamily(k, group);
  setSaved(k.memory.frames, registers, 'pc', 0);
  setRun(k, task, 'ready', 'new');
  return task;
}
