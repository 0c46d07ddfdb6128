/** The machine on Node: files, network and terminal of the host. */
import { listenToHints } from './engine.ts';

export * from '../api/index.ts';
export {
  type BeginningsOptions,
  type KeptBeginnings,
  keptBeginnings,
  type StoredBeginnings,
  storedBeginnings,
} from './beginnings.ts';
export { listenToHints } from './engine.ts';
export { hostFile, hostFilesLayer, hostLayer } from './host-layer.ts';
export {
  addLayer,
  cacheFolder,
  chooseMirror,
  exportImage,
  importImage,
  type ListedImage,
  listImages,
  type MirrorChoice,
  type OpenImage,
  openImage,
  type PulledImage,
  type PullOptions,
  type PullProgress,
  pullImage,
  removeImage,
} from './image.ts';
export { compilePython, wantsCompiledPython } from './image-compile.ts';
export { type FileSink, fileSink, openRecording, recordedBy } from './recording.ts';
export { guestPath, isHostFile, type Shown, show, unreadable } from './shown.ts';
export { copyIn, copyOut } from './stdio.ts';
export { connectTerminal, twice, windowSize } from './terminal.ts';
export { unwritable, writeBack } from './write-back.ts';

// The command drops what modules do by themselves, and calls it.
listenToHints();
