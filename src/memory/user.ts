/** The kernel's door to user memory: copies in and out, with page faults served on the way. Linux: uaccess.h. */
import { decodeUtf8 } from '../base/index.ts';
import type { Context } from './context.ts';
import { fault, forceReadable, forceWritable, isServed, PTE_WANTS } from './fault.ts';
import { WORDS } from './frames.ts';
import { PAGE_SIZE, PTE_A, PTE_D, PTE_PPN_SHIFT, PTE_SHARED_TABLE, USER_END } from './layout.ts';
import { frameOf, leafSlot } from './page-table.ts';
import type { Access, Frame, Mm } from './types.ts';
import { pageOf } from './vma.ts';

const SCRATCH = 8;
/** Up to here a loop beats the call of a typed-array method. */
const FEW_BYTES = 64;

export class UserMemory {
  private readonly m: Context;
  private readonly u8: Uint8Array;
  private readonly u32: Uint32Array;
  private readonly scratch = new Uint8Array(SCRATCH);
  /** Set by the kernel: frees memory when there is none, and says whether it could. */
  relieve: (() => boolean) | null = null;

  constructor(m: Context) {
    this.m = m;
    this.u8 = m.frames.u8;
    this.u32 = m.frames.u32;
  }

  /** Byte address in the WebAssembly memory, valid to the end of the page; 0 when the access is refused. */
  translate(mm: Mm, address: number, access: Access): number {
    const at = this.walk(mm, address, access);
    return at !== 0 ? at : this.faultIn(mm, address, access);
  }

  /** Fills `into` from user memory. False: EFAULT. */
  copyIn(mm: Mm, address: number, into: Uint8Array): boolean {
    return this.copyInUpTo(mm, address, into, 0, into.length) === into.length;
  }

  /** Writes to user memory. False: EFAULT, after the pages before the refused one were written. */
  copyOut(mm: Mm, address: number, from: Uint8Array): boolean {
    return this.copyOutUpTo(mm, address, from, 0, from.length) === from.length;
  }

  /** Fills `into` from `start` to `end`; gives how many bytes came before a fault. */
  copyInUpTo(mm: Mm, address: number, into: Uint8Array, start: number, end: number): number {
    // Pages that follow one another in physical memory, too, are copied as one.
    let run = 0;
    let length = 0;
    let done = 0;
    while (done < end - start) {
      const from = this.translate(mm, address + done, 'read');
      if (from === 0) break;
      const count = Math.min(PAGE_SIZE - (from & (PAGE_SIZE - 1)), end - start - done);
      if (length > 0 && from !== run + length) {
        copy(this.u8, run, length, into, start + done - length);
        length = 0;
      }
      if (length === 0) run = from;
      length += count;
      done += count;
    }
    copy(this.u8, run, length, into, start + done - length);
    return done;
  }

  /** Writes what lies from `start` to `end`; gives how many bytes went before a fault. */
  copyOutUpTo(mm: Mm, address: number, from: Uint8Array, start: number, end: number): number {
    let run = 0;
    let length = 0;
    let done = 0;
    while (done < end - start) {
      let to = this.walk(mm, address + done, 'write');
      // Before a fault as well: it may copy a page that is written here.
      if (length > 0 && to !== run + length) {
        copy(from, start + done - length, length, this.u8, run);
        length = 0;
      }
      if (to === 0) to = this.faultIn(mm, address + done, 'write');
      if (to === 0) break;
      const count = Math.min(PAGE_SIZE - (to & (PAGE_SIZE - 1)), end - start - done);
      if (length === 0) run = to;
      length += count;
      done += count;
      this.m.tlb.frameWritten((to >>> 12) as Frame);
    }
    copy(from, start + done - length, length, this.u8, run);
    return done;
  }

  /** `copyOut` that ignores protection: for exec's loader and ptrace. Private pages are copied first. */
  poke(mm: Mm, address: number, from: Uint8Array): boolean {
    for (let done = 0; done < from.length; ) {
      const frame = forceWritable(this.m, mm, address + done, this.limits(mm));
      if (frame === 0) return false;
      done += this.put(frame * PAGE_SIZE + ((address + done) % PAGE_SIZE), from, done);
    }
    return true;
  }

  /** `copyIn` that ignores protection, for ptrace; gives how many bytes came before a page that is not there. */
  peek(mm: Mm, address: number, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const at = address + done;
      let from = this.translate(mm, at, 'read');
      if (from === 0) {
        const frame = forceReadable(this.m, mm, at, this.limits(mm));
        if (frame === 0) break;
        from = frame * PAGE_SIZE + (at % PAGE_SIZE);
      }
      const count = Math.min(PAGE_SIZE - (from & (PAGE_SIZE - 1)), into.length - done);
      copy(this.u8, from, count, into, done);
      done += count;
    }
    return done;
  }

  /** Zeroes a range of user memory. False: EFAULT. */
  clear(mm: Mm, address: number, length: number): boolean {
    for (let done = 0; done < length; ) {
      const to = this.translate(mm, address + done, 'write');
      if (to === 0) return false;
      const count = Math.min(PAGE_SIZE - (to & (PAGE_SIZE - 1)), length - done);
      this.u8.fill(0, to, to + count);
      this.m.tlb.frameWritten((to >>> 12) as Frame);
      done += count;
    }
    return true;
  }

  readU8(mm: Mm, address: number): number | undefined {
    const at = this.translate(mm, address, 'read');
    return at === 0 ? undefined : this.u8[at]!;
  }

  readU16(mm: Mm, address: number): number | undefined {
    const low = this.readU8(mm, address);
    const high = this.readU8(mm, address + 1);
    return low === undefined || high === undefined ? undefined : low | (high << 8);
  }

  readU32(mm: Mm, address: number): number | undefined {
    if ((address & 3) === 0) {
      const at = this.translate(mm, address, 'read');
      return at === 0 ? undefined : this.u32[at >>> 2]!;
    }
    return this.copyIn(mm, address, this.scratch.subarray(0, 4)) ? this.scratchWord(0) : undefined;
  }

  readI32(mm: Mm, address: number): number | undefined {
    const word = this.readU32(mm, address);
    return word === undefined ? undefined : word | 0;
  }

  /** Values above 2^53 lose their low bits: for those, read two words. */
  readU64(mm: Mm, address: number): number | undefined {
    if ((address & 7) === 0) {
      const at = this.translate(mm, address, 'read');
      return at === 0 ? undefined : this.u32[at >>> 2]! + this.u32[(at >>> 2) + 1]! * 2 ** 32;
    }
    if (!this.copyIn(mm, address, this.scratch)) return undefined;
    return this.scratchWord(0) + this.scratchWord(4) * 2 ** 32;
  }

  /** A signed 64-bit value, exact within ±2^53. */
  readI64(mm: Mm, address: number): number | undefined {
    const low = this.readU32(mm, address);
    const high = this.readI32(mm, address + 4);
    return low === undefined || high === undefined ? undefined : low + high * 2 ** 32;
  }

  writeU8(mm: Mm, address: number, value: number): boolean {
    const at = this.translate(mm, address, 'write');
    if (at === 0) return false;
    this.u8[at] = value;
    this.m.tlb.frameWritten((at >>> 12) as Frame);
    return true;
  }

  writeU16(mm: Mm, address: number, value: number): boolean {
    this.scratch[0] = value;
    this.scratch[1] = value >>> 8;
    return this.copyOut(mm, address, this.scratch.subarray(0, 2));
  }

  /** Takes signed and unsigned values alike. */
  writeU32(mm: Mm, address: number, value: number): boolean {
    if ((address & 3) === 0) {
      const at = this.translate(mm, address, 'write');
      if (at === 0) return false;
      this.u32[at >>> 2] = value;
      this.m.tlb.frameWritten((at >>> 12) as Frame);
      return true;
    }
    this.setScratchWord(0, value);
    return this.copyOut(mm, address, this.scratch.subarray(0, 4));
  }

  /** A safe integer, negative ones as two's complement. */
  writeU64(mm: Mm, address: number, value: number): boolean {
    return this.writeHalves(mm, address, value | 0, Math.floor(value / 2 ** 32));
  }

  /** A 64-bit value by its halves. */
  writeHalves(mm: Mm, address: number, low: number, high: number): boolean {
    this.setScratchWord(0, low);
    this.setScratchWord(4, high);
    return this.copyOut(mm, address, this.scratch);
  }

  /** A zero-terminated string of which the zero lies within the first `maxBytes` bytes. */
  cstring(mm: Mm, address: number, maxBytes: number): string | 'EFAULT' | 'ENAMETOOLONG' {
    const bytes = this.cbytes(mm, address, maxBytes);
    return typeof bytes === 'string' ? bytes : decodeUtf8(bytes);
  }

  /** `cstring`, undecoded and without its zero. */
  cbytes(mm: Mm, address: number, maxBytes: number): Uint8Array | 'EFAULT' | 'ENAMETOOLONG' {
    const parts: Uint8Array[] = [];
    for (let done = 0; done < maxBytes; ) {
      const from = this.translate(mm, address + done, 'read');
      if (from === 0) return 'EFAULT';
      const end = from + Math.min(PAGE_SIZE - (from & (PAGE_SIZE - 1)), maxBytes - done);
      let at = from;
      while (at < end && this.u8[at] !== 0) at++;
      parts.push(this.u8.slice(from, at));
      if (at < end) return joined(parts);
      done += end - from;
    }
    return 'ENAMETOOLONG';
  }

  /** The tables' answer alone. Sets A and D as the processor's own walk does. */
  private walk(mm: Mm, address: number, access: Access): number {
    if (!(address >= 0 && address < USER_END)) return 0;
    const { u32 } = this;
    const page = Math.floor(address / PAGE_SIZE);
    const top = u32[mm.root * WORDS + (page >>> 18) * 2]!;
    if (top === 0) return 0;
    const middle = u32[(top >>> PTE_PPN_SHIFT) * WORDS + ((page >>> 9) & 511) * 2]!;
    if (middle === 0 || ((middle & PTE_SHARED_TABLE) !== 0 && access === 'write')) return 0;
    const slot = (middle >>> PTE_PPN_SHIFT) * WORDS + (page & 511) * 2;
    const pte = u32[slot]!;
    const wants = PTE_WANTS[access];
    if ((pte & wants) !== wants) return 0;
    u32[slot] = pte | (access === 'write' ? PTE_A | PTE_D : PTE_A);
    return (pte >>> PTE_PPN_SHIFT) * PAGE_SIZE + (address & (PAGE_SIZE - 1));
  }

  private faultIn(mm: Mm, address: number, access: Access): number {
    let outcome = fault(this.m, mm, address, access, this.limits(mm));
    while (outcome === 'out-of-memory' && this.relieve?.() === true)
      outcome = fault(this.m, mm, address, access, this.limits(mm));
    if (!isServed(outcome)) return 0;
    const frame = frameOf(this.u32[leafSlot(this.m, mm, pageOf(address))]!);
    return frame * PAGE_SIZE + (address & (PAGE_SIZE - 1));
  }

  private limits(mm: Mm) {
    return { addressSpace: Infinity, data: Infinity, stack: mm.stackLimit };
  }

  private put(to: number, from: Uint8Array, done: number): number {
    const count = Math.min(PAGE_SIZE - (to & (PAGE_SIZE - 1)), from.length - done);
    copy(from, done, count, this.u8, to);
    this.m.tlb.frameWritten((to >>> 12) as Frame);
    return count;
  }

  private scratchWord(at: number): number {
    const bytes = this.scratch;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  private setScratchWord(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.scratch[at + i] = value >>> (8 * i);
  }
}

function copy(from: Uint8Array, at: number, length: number, into: Uint8Array, to: number): void {
  if (length <= FEW_BYTES) for (let i = 0; i < length; i++) into[to + i] = from[at + i]!;
  else if (from === into) into.copyWithin(to, at, at + length);
  else into.set(from.subarray(at, at + length), to);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
