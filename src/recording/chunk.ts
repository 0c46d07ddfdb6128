/**
 * A recording as a file: a head that says what it is, then chunks, each with its length and checksum. It is written
 * from front to back and never changed, so what there is of one whose writer was killed can be read.
 *
 *     8 bytes magic · u32 version · then for each chunk: u8 type · u32 length · payload · u32 CRC-32 of all before
 */
import { type Problem, problem } from '../base/index.ts';
import { crc32 } from './crc32.ts';

/** As PNG's: a text mode that spoils line ends is noticed. */
const MAGIC = [0x89, 0x54, 0x53, 0x52, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Another number for another meaning of the chunks. */
export const VERSION = 1;
const FRONT = MAGIC.length + 4;
/** Of a chunk: its type and length before the payload, its checksum behind. */
const BEFORE = 5;
const BEHIND = 4;

/** What a chunk holds; the number is never used for something else. */
export const CHUNK = { head: 1, input: 2, events: 3, seen: 4, mark: 5, end: 6, reached: 7 } as const;
export type ChunkType = keyof typeof CHUNK;
const TYPES = new Map<number, ChunkType>(
  Object.entries(CHUNK).map(([name, number]) => [number, name as ChunkType]),
);

export interface Chunk {
  readonly type: ChunkType;
  readonly payload: Uint8Array;
}

/** What a file begins with. */
export function front(): Uint8Array {
  const bytes = new Uint8Array(FRONT);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, VERSION, true);
  return bytes;
}

export function encodeChunk(type: ChunkType, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(BEFORE + payload.length + BEHIND);
  const view = new DataView(bytes.buffer);
  bytes[0] = CHUNK[type];
  view.setUint32(1, payload.length, true);
  bytes.set(payload, BEFORE);
  const end = BEFORE + payload.length;
  view.setUint32(end, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

/** The chunks of a file, and whether something behind them is cut off or damaged. */
export interface Chunks {
  readonly chunks: readonly Chunk[];
  readonly broken: 'cut off' | 'damaged' | null;
}

/** Reads as far as the file is whole. */
export function readChunks(bytes: Uint8Array): Chunks | Problem {
  const wrong = whyNoRecording(bytes);
  if (wrong !== null) return wrong;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = FRONT;
  while (at < bytes.length) {
    if (at + BEFORE > bytes.length) return { chunks, broken: 'cut off' };
    const end = at + BEFORE + view.getUint32(at + 1, true);
    const type = TYPES.get(bytes[at]!);
    if (end + BEHIND > bytes.length) return { chunks, broken: type === undefined ? 'damaged' : 'cut off' };
    if (type === undefined || view.getUint32(end, true) !== crc32(bytes.subarray(at, end)))
      return { chunks, broken: 'damaged' };
    chunks.push({ type, payload: bytes.subarray(at + BEFORE, end) });
    at = end + BEHIND;
  }
  return { chunks, broken: null };
}

function whyNoRecording(bytes: Uint8Array): Problem | null {
  const isPrefix = MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte);
  if (!isPrefix || bytes.length === 0)
    return problem(
      'no-recording',
      'this is not a recording of timeslice',
      'Give a file that `timeslice run --record FILE` wrote.',
    );
  if (bytes.length < FRONT) return cutBeforeStart();
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (version === VERSION) return null;
  return problem(
    'recording-version',
    `the recording has format ${version}, and this is format ${VERSION}`,
    `Use the timeslice it was made with, or record again.`,
  );
}

/** Nothing of the run is in it. */
export const cutBeforeStart = (): Problem =>
  problem('empty-recording', 'the recording is cut off before its run begins', 'Record again.');
