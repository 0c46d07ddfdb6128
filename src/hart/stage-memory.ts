/** The stage: loads, stores and atomics. */
import type { Expr, FReg, Sem, ValueType, Width } from '../isa/index.ts';
import { layout } from '../memory/index.ts';
import { type Code, call, f32, f64, i32, i64, type Local, seq, unlikely, when } from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { signed } from './narrow.ts';
import { tagOf, tlbEntry } from './paging.ts';
import { long, noteTrap, rememberPage, setLong, word } from './place.ts';
import { codeOf, type Emission, expr, keep } from './stage.ts';

const { TLB_READ, TLB_WRITE, PAGE_SIZE } = layout;

const LOAD_SIGNED = { 8: i64.load8S, 16: i64.load16S, 32: i64.load32S, 64: i64.load } as const;
const LOAD_UNSIGNED = { 8: i64.load8U, 16: i64.load16U, 32: i64.load32U, 64: i64.load } as const;
const STORE = { 8: i64.store8, 16: i64.store16, 32: i64.store32, 64: i64.store } as const;

/** Fast: the TLB says where the bytes are. The tag is that of the last byte, so that crossing a page misses. */
function lookUp(e: Emission, tlb: number, at: Local<'i64'>, bytes: number): Code<'i32'> {
  if (e.manner === 'compiled') return lookUpOrFill(e, tlb, at, bytes);
  const entry = keep(e, 'i32', tlbEntry(at.get()));
  e.giveUpIf(i64.ne(tagOf(at.get(), bytes), i64.load(entry.get(), tlb)));
  return i32.add(i32.wrap(at.get()), i32.load(entry.get(), tlb + 8));
}

/** Compiled: what is not in the TLB is put there. One mask compares the page and finds what is not aligned. */
function lookUpOrFill(e: Emission, tlb: number, at: Local<'i64'>, bytes: number): Code<'i32'> {
  const entry = e.site.local('i32');
  const setEntry = entry.set(tlbEntry(at.get(), e.site.bank()));
  const page = i64.and(at.get(), i64.const(-PAGE_SIZE | (bytes - 1)));
  const fill = tlb === TLB_READ ? e.helpers.fillRead : e.helpers.fillWrite;
  const fillOnMiss = when(
    unlikely(i64.ne(page, i64.load(entry.get(), tlb))),
    when(i32.eqz(call(fill, at.get(), i32.const(bytes))), e.site.giveUp()),
  );
  const found = i32.load(entry.get(), tlb + 8);
  const remembered = e.site.remembered();
  if (remembered === undefined) {
    e.statements.push(setEntry, fillOnMiss);
    return i32.add(i32.wrap(at.get()), found);
  }
  const remember = rememberPage(remembered, tagOf(at.get(), 1), found);
  e.statements.push(when(unlikely(i64.ne(page, long(remembered))), seq(setEntry, fillOnMiss, remember)));
  return i32.add(i32.wrap(at.get()), word(remembered + 8));
}

/** Careful: a helper finds them or notes a trap. */
function orTrap(e: Emission, host: Code<'i32'>): Code<'i32'> {
  const found = keep(e, 'i32', host);
  e.statements.push(when(i32.eqz(found.get()), e.trapped));
  return found.get();
}

type LoadAt<T extends ValueType> = (host: Code<'i32'>, offset?: number) => Code<T>;

function load<T extends ValueType>(
  e: Emission,
  type: T,
  address: Expr<'i64'>,
  bytes: number,
  from: LoadAt<T>,
): Expr<T> {
  const grouped = e.site.grouped();
  if (grouped !== undefined) return expr(type, from(grouped.host, grouped.offset));
  const at = keep(e, 'i64', codeOf(address));
  if (e.manner !== 'careful') return expr(type, from(lookUp(e, TLB_READ, at, bytes)));
  return expr(type, from(orTrap(e, call(e.helpers.read, at.get(), i32.const(bytes)))));
}

function store(e: Emission, width: Width, address: Expr<'i64'>, value: Code<'i64'>): void {
  const bytes = width / 8;
  const grouped = e.site.grouped();
  if (grouped !== undefined) {
    e.statements.push(STORE[width](grouped.host, value, grouped.offset));
    return;
  }
  const at = keep(e, 'i64', codeOf(address));
  if (e.manner !== 'careful') {
    const host = lookUp(e, TLB_WRITE, at, bytes);
    e.statements.push(STORE[width](host, value));
  } else
    e.statements.push(when(i32.eqz(call(e.helpers.store, at.get(), value, i32.const(bytes))), e.trapped));
}

/** The address of an atomic: it must be aligned. */
function aligned(e: Emission, address: Expr<'i64'>, width: 32 | 64, cause: number): Local<'i64'> {
  const at = keep(e, 'i64', codeOf(address));
  const odd = i32.and(i32.wrap(at.get()), i32.const(width / 8 - 1));
  if (e.manner === 'compiled') e.giveUpIf(odd);
  else e.statements.push(when(odd, seq(noteTrap(cause, at.get()), e.trapped)));
  return at;
}

const storeRegister = (e: Emission, width: 32 | 64, address: Expr<'i64'>, r: FReg): void =>
  store(e, width, address, e.site.registers.fBits(64, r));

/** Where an atomic may write now. */
function writable(e: Emission, at: Local<'i64'>, width: 32 | 64): Local<'i32'> {
  const host =
    e.manner === 'compiled'
      ? lookUp(e, TLB_WRITE, at, width / 8)
      : orTrap(e, call(e.helpers.write, at.get()));
  return keep(e, 'i32', host);
}

/** Compiled code stores; it gives up what has lost its reservation. */
function storeHeld(e: Emission, width: 32 | 64, at: Local<'i64'>, value: Expr<'i64'>): Expr<'i64'> {
  e.giveUpIf(i64.ne(long(layout.HART_RESERVATION), at.get()));
  const host = writable(e, at, width);
  e.statements.push(STORE[width](host.get(), codeOf(value)), setLong(layout.HART_RESERVATION, i64.const(-1)));
  return expr('i64', i64.const(0));
}

/** The interpreter's atomics are rare: always careful. */
const atomics = (e: Emission) =>
  ({
    loadReserved(width, address) {
      e.giveUp();
      const at = aligned(e, address, width, CAUSE['misaligned-load']);
      const bytes = width / 8;
      const host =
        e.manner === 'compiled'
          ? lookUp(e, TLB_READ, at, bytes)
          : orTrap(e, call(e.helpers.read, at.get(), i32.const(bytes)));
      const value = keep(e, 'i64', LOAD_SIGNED[width](host));
      e.statements.push(setLong(layout.HART_RESERVATION, at.get()));
      return expr('i64', value.get());
    },
    storeConditional(width, address, value) {
      e.giveUp();
      const at = aligned(e, address, width, CAUSE['misaligned-store']);
      if (e.manner === 'compiled') return storeHeld(e, width, at, value);
      const held = keep(e, 'i32', i64.eq(long(layout.HART_RESERVATION), at.get()));
      const host = e.site.local('i32');
      const write = seq(
        host.set(call(e.helpers.write, at.get())),
        when(i32.eqz(host.get()), e.trapped),
        STORE[width](host.get(), codeOf(value)),
      );
      e.statements.push(when(held.get(), write), setLong(layout.HART_RESERVATION, i64.const(-1)));
      return expr('i64', i64.extendI32U(i32.eqz(held.get())));
    },
    amo(width, address, f) {
      e.giveUp();
      const at = aligned(e, address, width, CAUSE['misaligned-store']);
      const host = writable(e, at, width);
      const old = keep(e, 'i64', LOAD_SIGNED[width](host.get()));
      const next = codeOf(f(expr('i64', old.get())));
      e.statements.push(STORE[width](host.get(), next));
      return expr('i64', old.get());
    },
  }) satisfies Partial<Sem>;

const HALF_SIGNED = { 8: i32.load8S, 16: i32.load16S, 32: i32.load } as const;
const HALF_UNSIGNED = { 8: i32.load8U, 16: i32.load16U } as const;

/** Compiled code loads what fits a word as a word. */
export const narrowLoads = (e: Emission) => {
  const wide = memory(e);
  const half = (width: Width, addr: Expr<'i64'>, from: LoadAt<'i32'>): Expr<'i64'> =>
    signed(codeOf(load(e, 'i32', addr, width / 8, from)));
  return {
    loadS: (width, addr) => (width === 64 ? wide.loadS(width, addr) : half(width, addr, HALF_SIGNED[width])),
    loadU: (width, addr) =>
      width === 64 || width === 32 ? wide.loadU(width, addr) : half(width, addr, HALF_UNSIGNED[width]),
  } satisfies Partial<Sem>;
};

/** Everything that touches memory. */
export const memory = (e: Emission) =>
  ({
    loadS: (width, addr) => load(e, 'i64', addr, width / 8, LOAD_SIGNED[width]),
    loadU: (width, addr) => load(e, 'i64', addr, width / 8, LOAD_UNSIGNED[width]),
    loadF32: (addr) => load(e, 'f32', addr, 4, f32.load),
    loadF64: (addr) => load(e, 'f64', addr, 8, f64.load),
    store: (width, addr, value) => store(e, width, addr, codeOf(value)),
    storeF32: (addr, r) => storeRegister(e, 32, addr, r),
    storeF64: (addr, r) => storeRegister(e, 64, addr, r),
    ...atomics(e),
  }) satisfies Partial<Sem>;
