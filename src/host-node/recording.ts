/** Recordings as files of this computer. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import {
  type LayerOpener,
  type OpenRecordingOptions,
  openRecording as openBytes,
  type Recording,
  TimesliceError,
} from '../api/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { BUILD } from './build.ts';
import { cacheFolder } from './image-cache.ts';
import { openImage } from './image-open.ts';

/** Something that is written from front to back, whole pieces at a time: what there is can be read at any moment. */
export interface FileSink {
  write(bytes: Uint8Array): void;
  /** Ends it; the problem of the first write that failed, or null. */
  close(): Problem | null;
}

/** Makes a file, or says why it cannot be made. What is written later and fails is told at the end. */
export function fileSink(path: string): FileSink | Problem {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    return cannotWrite(path, error);
  }
  let failed: Problem | null = null;
  return {
    write(bytes) {
      if (failed !== null) return;
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        failed = cannotWrite(path, error);
      }
    },
    close() {
      closeSync(file);
      return failed;
    },
  };
}

const cannotWrite = (path: string, error: unknown): Problem =>
  problem('cannot-write', `${path}: ${messageOf(error)}`, 'Choose another file, or make room.');

/** The part of Node's message that a person needs: `ENOSPC: no space left on device`. */
const messageOf = (error: unknown): string => (error as Error).message.replace(/, \w+( '.*')?$/s, '');

/** Who is said to have made a recording. */
export const recordedBy = (version: string): string =>
  `timeslice ${version}${BUILD === undefined ? '' : ` (${BUILD.slice(0, 12)})`}`;

/** Opens images in the cache folder by the name that stands for their content. */
const cachedLayer: LayerOpener = (name) => {
  const image = openImage(cacheFolder(), name);
  if (!isProblem(image)) return image.layers[0]!;
  if (image.code !== 'unknown-image') return image;
  return problem(
    'other-image',
    `the recording was made with the image ${name.slice(0, 19)}…, which is not on this machine`,
    'Pull or import the same image (`timeslice image ls` shows what there is), or record again.',
  );
};

/** Opens a recording: a file by its path, or bytes. Images are looked for in the cache folder unless told otherwise. */
export async function openRecording(
  source: string | Uint8Array,
  { openLayer = cachedLayer, ...options }: OpenRecordingOptions = {},
): Promise<Recording> {
  return openBytes(typeof source === 'string' ? read(source) : source, { ...options, openLayer });
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TimesliceError(problem('cannot-read', `${path}: ${messageOf(error)}`, 'Check the path.'));
  }
}
