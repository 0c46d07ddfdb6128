/** What a machine is made with, its defaults, and what cannot be. */
import { type Nanos, NEVER, type Problem, problem } from '../base/index.ts';
import { TIERS, type Tier } from '../hart/index.ts';
import { type KernelOptions, type PolicyChoice, whyNoPolicy } from '../kernel/index.ts';
import type { Layer, Timestamp } from '../vfs/index.ts';

export interface MachineOptions {
  /** Image layers, lowest first. */
  readonly layers: readonly Layer[];
  /** Read-only trees below a layer of memory at a path: host directories. */
  readonly mounts?: readonly { readonly path: string; readonly layer: Layer }[];
  /** An ELF that becomes the first process and starts the program, adopts orphans and reaps them. */
  readonly initElf?: Uint8Array;
  /** Begin with a first process of our own, which only adopts and reaps: whatever is spawned is its child. */
  readonly hasInit?: boolean;
  /** Bytes of guest memory. */
  readonly memory?: number;
  readonly cpus?: number;
  /** The scheduling policy of ordinary tasks: the name of one of ours, or a program that exports one. */
  readonly policy?: PolicyChoice;
  /** Virtual nanoseconds. */
  readonly quantum?: number;
  readonly switchCost?: number;
  /** Virtual nanoseconds one request to the disk takes; 0 for a disk nobody waits for. */
  readonly diskTime?: number;
  /** How the processor executes; no state hash depends on it. */
  readonly tier?: Tier;
  readonly seed?: number;
  /** Wall clock at boot. */
  readonly epoch?: Timestamp;
  readonly hostname?: string;
  readonly user?: number;
  readonly maxProcesses?: number;
  readonly maxOpenFiles?: number;
  /** The machine stops for good at these. */
  readonly maxInstructions?: number;
  readonly virtualTimeout?: number;
  /** Bytes of output in all. */
  readonly maxOutput?: number;
  /** Bytes of output that may wait for the host before the machine stands still. */
  readonly outputBound?: number;
  /** Never wait for real time: when all tasks sleep, time jumps to the next timer. */
  readonly warp?: boolean;
  /** Events the log keeps: older ones are forgotten. */
  readonly eventCapacity?: number;
  /** Names of the kinds of events to record beside those that always are. */
  readonly events?: readonly string[];
  /** Stand still before the first call that looks at what may differ from run to run: clock, host, input. */
  readonly sealed?: boolean;
  /** Sealed: the epoch is as fixed as everything else, so the clock may be looked at. */
  readonly isTimeFixed?: boolean;
  /** Tests: an errno that a call does not declare is a bug. */
  readonly strict?: boolean;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Everything lies in one WebAssembly memory of 4 GiB, page tables address it by 32-bit words. */
const MAX_MEMORY = 3.5 * GIB;
const MIN_MEMORY = 8 * MIB;
const MAX_CPUS = 32;
const MILLISECOND = 1_000_000;

/** 2025-01-01 00:00 UTC: a machine that is told no time is the same every time. */
export const DEFAULT_EPOCH: Timestamp = { sec: 1_735_689_600, nsec: 0 };

/** All options with their defaults. */
export type Settings = Required<Omit<MachineOptions, 'initElf' | 'epoch'>> & {
  readonly initElf: Uint8Array | null;
  readonly epoch: Timestamp;
};

/** Fills in the defaults. */
export const settingsOf = (options: MachineOptions): Settings => ({
  mounts: [],
  hasInit: false,
  memory: 512 * MIB,
  cpus: 1,
  policy: 'fair',
  quantum: 5 * MILLISECOND,
  switchCost: 0,
  diskTime: 0,
  tier: 'mixed',
  seed: 0,
  hostname: 'timeslice',
  user: 0,
  maxProcesses: 4096,
  maxOpenFiles: 65536,
  maxInstructions: Number.MAX_SAFE_INTEGER,
  virtualTimeout: NEVER,
  maxOutput: Number.MAX_SAFE_INTEGER,
  outputBound: MIB,
  warp: true,
  sealed: false,
  isTimeFixed: false,
  strict: false,
  eventCapacity: 2 ** 18,
  events: [],
  ...options,
  epoch: options.epoch ?? DEFAULT_EPOCH,
  initElf: options.initElf ?? null,
});

/** Which numbers have to be whole, and between what. */
const RANGES: Readonly<Partial<Record<keyof Settings, readonly [least: number, most: number]>>> = {
  cpus: [1, MAX_CPUS],
  memory: [MIN_MEMORY, MAX_MEMORY],
  quantum: [1, Number.MAX_SAFE_INTEGER],
  switchCost: [0, Number.MAX_SAFE_INTEGER],
  diskTime: [0, Number.MAX_SAFE_INTEGER],
  maxProcesses: [2, 1_000_000],
  maxOpenFiles: [8, 1_048_576],
  maxInstructions: [1, Number.MAX_SAFE_INTEGER],
  virtualTimeout: [1, Number.MAX_SAFE_INTEGER],
  maxOutput: [0, Number.MAX_SAFE_INTEGER],
  outputBound: [1, Number.MAX_SAFE_INTEGER],
  user: [0, 0x7fffffff],
  eventCapacity: [1, 2 ** 24],
};

/** Why these settings make no machine, or null. */
export function whyNot(settings: Settings): Problem | null {
  for (const [name, range] of Object.entries(RANGES)) {
    const value = settings[name as keyof typeof RANGES] as number;
    const [least, most] = range;
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    return problem(
      'bad-option',
      `${name} cannot be ${value}`,
      `Give a whole number from ${least} to ${most}.`,
    );
  }
  if (!TIERS.includes(settings.tier))
    return problem('bad-option', `tier cannot be ${settings.tier}`, `Give one of ${TIERS.join(', ')}.`);
  return whyNoPolicy(settings.policy);
}

/** What of the settings the kernel obeys itself. */
export const kernelOptions = (settings: Settings): KernelOptions => ({
  cpus: settings.cpus,
  policy: settings.policy,
  quantum: settings.quantum as Nanos,
  switchCost: settings.switchCost as Nanos,
  seed: settings.seed,
  epoch: settings.epoch,
  maxProcesses: settings.maxProcesses,
  maxOpenFiles: settings.maxOpenFiles,
  hostname: settings.hostname,
  user: settings.user,
  strict: settings.strict,
  eventCapacity: settings.eventCapacity,
});
