export type { End, Head, PlainOptions } from './format.ts';
export { type RecordedEvents, type RecordingData, readRecording } from './reader.ts';
export { Recorder, type RecorderOptions, type RecordingSink } from './recorder.ts';
export {
  beginReplay,
  type LayerOpener,
  type OutputStream,
  type OutputTaker,
  Replay,
  type Target,
} from './replay.ts';
