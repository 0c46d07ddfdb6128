export { isProblem, type Problem } from '../base/index.ts';
export type { EventChoice, EventJson, EventQuery, EventRecord } from '../events/index.ts';
export type {
  CallCount,
  CallStatus,
  ChannelEnd,
  ChannelView,
  Circle,
  CpuView,
  Deed,
  FdView,
  FileChange,
  HeapAmount,
  HeapCall,
  HeapLeak,
  HeapProcess,
  HeapSample,
  HeapView,
  LeakKind,
  LineTold,
  MachineView,
  MapView,
  PageView,
  PcbMemory,
  PcbView,
  PlaceName,
  Policy,
  PolicyChoice,
  PolicySource,
  PolicyState,
  ProcessView,
  PythonFrame,
  ReadyReason,
  RegistersView,
  Schedulable,
  SegmentBounds,
  SegmentKind,
  SegmentView,
  StackFrame,
  TaskView,
  Told,
  TraceChoice,
  UnreadableTold,
  WaitGraph,
  WaitView,
} from '../machine/index.ts';
export { POLICY_NAMES, TIERS, type Tier } from '../machine/index.ts';
export type { LayerOpener, OutputStream, OutputTaker, RecordingSink } from '../recording/index.ts';
export type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from '../vfs/index.ts';
export type { GuestConsole, Window } from './console.ts';
export { TimesliceError } from './error.ts';
export { type Launched, type LaunchOptions, launch } from './launch.ts';
export { boot, type Machine } from './machine.ts';
export { type LayerEntry, memoryLayer } from './memory-layer.ts';
export type { Beginnings } from './opening.ts';
export type { BootOptions, LayeredImage } from './options.ts';
export { PastMachine } from './past-machine.ts';
export type { Abort } from './platform.ts';
export type { Ended, Process } from './process.ts';
export {
  type Moment,
  type OpenRecordingOptions,
  openRecording,
  Recording,
  type RecordingInfo,
  type Replayed,
  type ReplayOptions,
} from './recording.ts';
export type { SpawnOptions, Stream } from './spawn.ts';
export type { GuestInput, GuestOutput } from './streams.ts';
export { systemLayer } from './system.ts';
export { tinyLayer, tinyPrograms } from './tiny.ts';
export type { EventBatch, EventWatcher } from './watch.ts';
