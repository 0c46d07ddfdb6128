/**
 * The beginning of a run as a file keeps it: snapshots of the sealed machine, each taken where it stood still.
 * Where it was told the time and came to the same state soon after, whatever the time, the next one goes on.
 */
import { KernelBug, type Problem, pack, problem, unpack } from '../base/index.ts';
import type { HostProcess } from './spawn.ts';

/** A place where a sealed machine stood still. */
export interface Stage {
  readonly snapshot: Uint8Array;
  /** The machine was about to look at the clock, and was told the time. */
  readonly isLook: boolean;
  /** Digest of its snapshot a while after that; null when it did not come so far, or was opened. */
  readonly settled: string | null;
}

export interface Beginning {
  /** What was started. */
  readonly program: HostProcess;
  readonly stages: readonly Stage[];
}

interface Head {
  readonly program: HostProcess;
  readonly stages: readonly (Omit<Stage, 'snapshot'> & { readonly length: number })[];
}

/** A beginning as one piece of bytes. */
export function encodeBeginning({ program, stages }: Beginning): Uint8Array {
  const head = pack({
    program,
    stages: stages.map(({ snapshot, ...stage }) => ({ ...stage, length: snapshot.length })),
  } satisfies Head);
  const start = align(4 + head.length);
  const bytes = new Uint8Array(stages.reduce((at, { snapshot }) => align(at + snapshot.length), start));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const { snapshot } of stages) {
    bytes.set(snapshot, at);
    at = align(at + snapshot.length);
  }
  return bytes;
}

const align = (at: number): number => Math.ceil(at / 8) * 8;

/** Reads it back; the snapshots are parts of the bytes. */
export function decodeBeginning(bytes: Uint8Array): Beginning | Problem {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const { program, stages } = unpack(bytes.subarray(4, 4 + length)) as Head;
    let at = align(4 + length);
    const read = stages.map(({ length: size, ...stage }) => {
      const snapshot = bytes.subarray(at, at + size);
      at = align(at + size);
      return { ...stage, snapshot };
    });
    const isEnded = stages.at(-1)?.settled === null;
    if (at === bytes.length && isEnded && typeof program.pid === 'number') return { program, stages: read };
  } catch (error) {
    if (!(error instanceof KernelBug || error instanceof RangeError || error instanceof TypeError))
      throw error;
  }
  return problem('damaged-beginning', 'the beginning of a run is damaged', 'It will be made again.');
}
