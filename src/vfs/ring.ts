/** A queue of bytes in a ring that grows as needed up to its owner's bound: the store of pipes and terminals. */
import type { Transfer } from './types.ts';

/** `bytes.length` is a power of two. */
export interface ByteRing {
  bytes: Uint8Array;
  /** Index of the oldest byte. */
  head: number;
  length: number;
}

const FIRST_SIZE = 4096;

export const newRing = (): ByteRing => ({ bytes: new Uint8Array(0), head: 0, length: 0 });

function reserve(ring: ByteRing, more: number): void {
  const need = ring.length + more;
  if (need <= ring.bytes.length) return;
  let size = Math.max(FIRST_SIZE, ring.bytes.length);
  while (size < need) size *= 2;
  const bytes = new Uint8Array(size);
  ringPeek(ring, bytes.subarray(0, ring.length));
  ring.bytes = bytes;
  ring.head = 0;
}

/** Lets go of room beyond `size`, a power of two that holds what is in the ring. */
export function ringFit(ring: ByteRing, size: number): void {
  if (ring.bytes.length <= size) return;
  const bytes = new Uint8Array(size);
  ringPeek(ring, bytes);
  ring.bytes = bytes;
  ring.head = 0;
}

/** Adds bytes at the end. The caller has seen that they may come in. */
export function ringPush(ring: ByteRing, from: Uint8Array): void {
  reserve(ring, from.length);
  const size = ring.bytes.length;
  const at = (ring.head + ring.length) & (size - 1);
  const first = Math.min(from.length, size - at);
  ring.bytes.set(from.subarray(0, first), at);
  if (first < from.length) ring.bytes.set(from.subarray(first), 0);
  ring.length += from.length;
}

export function ringPushByte(ring: ByteRing, byte: number): void {
  reserve(ring, 1);
  ring.bytes[(ring.head + ring.length) & (ring.bytes.length - 1)] = byte;
  ring.length++;
}

/** Copies the oldest bytes without taking them, from `skip` on; gives how many. */
export function ringPeek(ring: ByteRing, into: Uint8Array, skip = 0): number {
  const count = Math.min(into.length, ring.length - skip);
  if (count <= 0) return 0;
  const size = ring.bytes.length;
  const at = (ring.head + skip) & (size - 1);
  const first = Math.min(count, size - at);
  into.set(ring.bytes.subarray(at, at + first));
  if (first < count) into.set(ring.bytes.subarray(0, count - first), first);
  return count;
}

export function ringDrop(ring: ByteRing, count: number): void {
  ring.length -= count;
  ring.head = ring.length === 0 ? 0 : (ring.head + count) & (ring.bytes.length - 1);
}

/** Forgets all but the oldest `count` bytes. */
export function ringTruncate(ring: ByteRing, count: number): void {
  ring.length = Math.min(ring.length, count);
}

/** Takes up to `max` of the oldest bytes out. */
export function ringTake(ring: ByteRing, max: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(max, ring.length));
  ringDrop(ring, ringPeek(ring, bytes));
  return bytes;
}

/** Moves up to `max` of the oldest bytes to a call's memory; gives how many, fewer at a fault. */
export function ringToTransfer(ring: ByteRing, to: Transfer, max: number): number {
  const size = ring.bytes.length;
  const want = Math.min(max, to.left, ring.length);
  let done = 0;
  while (done < want) {
    const at = (ring.head + done) & (size - 1);
    const count = Math.min(want - done, size - at);
    const put = to.put(ring.bytes, at, at + count);
    done += put;
    if (put < count) break;
  }
  ringDrop(ring, done);
  return done;
}

/** Fetches up to `max` bytes of a call's memory; gives how many, fewer at a fault. */
export function ringFromTransfer(ring: ByteRing, from: Transfer, max: number): number {
  const want = Math.min(max, from.left);
  reserve(ring, want);
  const size = ring.bytes.length;
  let done = 0;
  while (done < want) {
    const at = (ring.head + ring.length) & (size - 1);
    const count = Math.min(want - done, size - at);
    const took = from.take(ring.bytes, at, at + count);
    done += took;
    ring.length += took;
    if (took < count) break;
  }
  return done;
}
