export { TIERS, type Tier } from '../hart/index.ts';
export {
  POLICY_NAMES,
  type Policy,
  type PolicyChoice,
  type PolicySource,
  type PolicyState,
  type ReadyReason,
  type Schedulable,
} from '../kernel/index.ts';
export type { CallStatus, TraceChoice } from '../syscalls/index.ts';
export { type Beginning, decodeBeginning, encodeBeginning, type Stage } from './beginning.ts';
export { bootMachine, restoreMachine } from './boot.ts';
export type { CallCount } from './call-counts.ts';
export type { Difference, Executed } from './difference.ts';
export { type Begin, type Divergence, firstDivergence, type Subject } from './divergence.ts';
export type { Deed, LineTold, Told, UnreadableTold } from './explain/deed.ts';
export { explainMachine } from './explain/explain.ts';
export type { FileChange } from './file-change.ts';
export type { HeapSample } from './heap/ledger.ts';
export type { LeakKind } from './heap/reach.ts';
export type { HeapAmount, HeapCall, HeapLeak, HeapProcess } from './heap/report.ts';
export type { HeapView } from './heap/watch.ts';
export type { Input, Position } from './input.ts';
export type { ChannelEnd, ChannelView } from './inspect/channels.ts';
export type { StackFrame } from './inspect/frames.ts';
export type { CpuView, FdView, MachineView, MapView, ProcessView, TaskView } from './inspect/machine-view.ts';
export type { PcbMemory, PcbView } from './inspect/pcb.ts';
export type { PythonFrame } from './inspect/python-frames.ts';
export type { RegistersView } from './inspect/registers.ts';
export type { PageView, SegmentBounds, SegmentKind, SegmentView } from './inspect/segments.ts';
export type { PlaceName } from './inspect/symbols.ts';
export type { Circle, WaitGraph, WaitView } from './inspect/waits.ts';
export { Machine } from './machine.ts';
export { DEFAULT_EPOCH, type MachineOptions, type Settings } from './options.ts';
export type { RunState } from './run-state.ts';
export { DEFAULT_ENV, type HostProcess, type SpawnOptions, type StreamKind } from './spawn.ts';
