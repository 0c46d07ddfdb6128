/** The current task's memory, as system calls reach it: the memory layer's door with `k.mm` put in. */
import type { UserMemory as Door } from '../memory/index.ts';
import type { Kernel, UserMemory } from './kernel.ts';

/** Binds the door to whichever address space is current. */
export function currentMemory(k: Pick<Kernel, 'mm'>, door: Door): UserMemory {
  return {
    readU8: (addr) => door.readU8(k.mm, addr),
    readU16: (addr) => door.readU16(k.mm, addr),
    readI32: (addr) => door.readI32(k.mm, addr),
    readU32: (addr) => door.readU32(k.mm, addr),
    readU64: (addr) => door.readU64(k.mm, addr),
    readI64: (addr) => door.readI64(k.mm, addr),
    writeU8: (addr, value) => door.writeU8(k.mm, addr, value),
    writeU16: (addr, value) => door.writeU16(k.mm, addr, value),
    writeU32: (addr, value) => door.writeU32(k.mm, addr, value),
    writeU64: (addr, value) => door.writeU64(k.mm, addr, value),
    copyIn: (addr, into) => door.copyIn(k.mm, addr, into),
    copyOut: (addr, from) => door.copyOut(k.mm, addr, from),
    cstring: (addr, max) => door.cstring(k.mm, addr, max),
  };
}
