/** The oracle's loads, stores and atomics. */
import { asDouble, asSingle } from './oracle-float.ts';
import { CAUSE, int, numberOf, raise, type Step, wrap } from './oracle-state.ts';
import type { Expr, Sem, Width } from './sem.ts';

const at = (address: bigint, i: number): bigint => BigInt.asUintN(64, address + BigInt(i));

/** Whether all bytes may be touched; if not, the trap names the first that may not. */
function may(step: Step, address: bigint, bytes: number, access: 'load' | 'store'): boolean {
  for (let i = 0; i < bytes && !step.trap; i++)
    if (!step.machine.memory.allows(at(address, i), access))
      raise(step, access === 'load' ? CAUSE.loadPageFault : CAUSE.storePageFault, at(address, i));
  return !step.trap;
}

function aligned(step: Step, address: bigint, bytes: number, cause: number): boolean {
  if (address % BigInt(bytes) !== 0n) raise(step, cause, address);
  return !step.trap;
}

function read(step: Step, address: bigint, bytes: number): bigint {
  let value = 0n;
  for (let i = bytes - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(step.machine.memory.get(at(address, i)));
  return value;
}

function write(step: Step, address: bigint, bytes: number, value: bigint): void {
  for (let i = 0; i < bytes; i++)
    step.machine.memory.set(at(address, i), Number((value >> BigInt(8 * i)) & 255n));
}

const load = (step: Step, width: Width, address: bigint): bigint =>
  may(step, address, width / 8, 'load') ? read(step, address, width / 8) : 0n;

function store(step: Step, width: Width, address: bigint, value: bigint): void {
  if (may(step, address, width / 8, 'store')) write(step, address, width / 8, value);
}

const extend = (width: Width, value: bigint): Expr<'i64'> => wrap(BigInt.asIntN(width, value));

/** Everything that touches memory. */
export const memory = (step: Step) => {
  const { machine } = step;
  return {
    loadS: (width, addr) => extend(width, load(step, width, int(addr))),
    loadU: (width, addr) => wrap(load(step, width, int(addr))),
    store: (width, addr, value) => store(step, width, int(addr), int(value)),
    loadF32: (addr) => asSingle(load(step, 32, int(addr))),
    loadF64: (addr) => asDouble(load(step, 64, int(addr))),
    storeF32: (addr, r) => store(step, 32, int(addr), machine.f[numberOf(r)]!),
    storeF64: (addr, r) => store(step, 64, int(addr), machine.f[numberOf(r)]!),
    loadReserved: (width, addr) => {
      const address = int(addr);
      if (!aligned(step, address, width / 8, CAUSE.loadMisaligned)) return wrap(0n);
      const value = load(step, width, address);
      if (!step.trap) machine.reservation = address;
      return extend(width, value);
    },
    storeConditional: (width, addr, value) => {
      const address = int(addr);
      if (!aligned(step, address, width / 8, CAUSE.storeMisaligned)) return wrap(0n);
      const held = machine.reservation === address;
      if (held) store(step, width, address, int(value));
      if (!step.trap) machine.reservation = undefined;
      return wrap(held ? 0n : 1n);
    },
    amo: (width, addr, f) => {
      const address = int(addr);
      const good =
        aligned(step, address, width / 8, CAUSE.storeMisaligned) && may(step, address, width / 8, 'store');
      if (!good) return wrap(0n);
      const old = extend(width, read(step, address, width / 8));
      write(step, address, width / 8, int(f(old)));
      return old;
    },
  } satisfies Partial<Sem>;
};
