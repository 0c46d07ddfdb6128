export { TIERS, type Tier } from '../hart/index.ts';
export { type Beginning, decodeBeginning, encodeBeginning, type Stage } from './beginning.ts';
export type { CallCount } from './call-counts.ts';
export type { FileChange } from './file-change.ts';
export type { Input } from './input.ts';
export type { CpuView, FdView, MachineView, MapView, ProcessView, TaskView } from './inspect.ts';
export { bootMachine, Machine, type RunState, restoreMachine } from './machine.ts';
export { DEFAULT_EPOCH, type MachineOptions, type Settings } from './options.ts';
export { DEFAULT_ENV, type HostProcess, type SpawnOptions, type StreamKind } from './spawn.ts';
