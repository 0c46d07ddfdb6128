/** Address translation inside WebAssembly: the TLBs, the walk of Sv39 tables, and accesses that miss or cross. */
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  type Func,
  i32,
  i64,
  type Local,
  type ModuleBuilder,
  memoryCopy,
  nop,
  ret,
  seq,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { PAGE_USED } from './operation.ts';
import { BOUNCE, noteTrap, setLong, WRITTEN, word } from './place.ts';

const { TLB_READ, TLB_WRITE, TLB_EXEC, PAGE_SIZE, PAGE_SHIFT } = layout;
const { PTE_V, PTE_R, PTE_W, PTE_X, PTE_U, PTE_A, PTE_D, PTE_COW, PTE_SHARED_TABLE, PTE_PPN_SHIFT } = layout;

/** Where an address's entry lies, when the offset of a TLB in its bank is added. */
const entryOf =
  (entries: number) =>
  (address: Code<'i64'>, bank = word(layout.HART_TLB)): Code<'i32'> =>
    i32.add(
      i32.and(
        i32.wrap(i64.shrU(address, i64.const(PAGE_SHIFT - Math.log2(layout.TLB_ENTRY)))),
        i32.const((entries - 1) * layout.TLB_ENTRY),
      ),
      bank,
    );
export const tlbEntry = entryOf(layout.TLB_ENTRIES);
/** The same for the TLB of code. */
export const execEntry = entryOf(layout.EXEC_ENTRIES);

/** The page in which the last of `bytes` bytes lies: what its entry begins with. */
export const tagOf = (address: Code<'i64'>, bytes: number): Code<'i64'> =>
  i64.and(bytes === 1 ? address : i64.add(address, i64.const(bytes - 1)), i64.const(-PAGE_SIZE));

const offsetInPage = (address: Code<'i64'>): Code<'i32'> =>
  i32.and(i32.wrap(address), i32.const(PAGE_SIZE - 1));
const frameOf = (pte: Code<'i32'>): Code<'i32'> =>
  i32.shl(i32.shrU(pte, i32.const(PTE_PPN_SHIFT)), i32.const(PAGE_SHIFT));
const failed = (): Code<never> => ret(i32.const(0));

const numberOf = (frame: Local<'i32'>): Code<'i32'> => i32.shrU(frame.get(), i32.const(PAGE_SHIFT));
/** Offset of a frame's word in the code index. */
const indexOf = (frame: Local<'i32'>): Code<'i32'> => i32.shl(numberOf(frame), i32.const(2));

type Walk = Func<readonly ['i64', 'i32'], 'i32'>;

/** (address, PTE_R, _W or _X) → byte address of the frame, or 0. Sets A and D. */
function defineWalk(m: ModuleBuilder): Walk {
  return m.func('walk', ['i64', 'i32'], 'i32', ({ params: [va, need], local }) => {
    const pte = local('i32');
    const slot = local('i32');
    const table = local('i32');
    const at = (shift: number) =>
      i32.add(
        table.get(),
        i32.shl(i32.and(i32.wrap(i64.shrU(va.get(), i64.const(shift))), i32.const(511)), i32.const(3)),
      );
    const down = (shift: number) =>
      seq(
        pte.set(i32.load(at(shift))),
        when(i32.eqz(i32.and(pte.get(), i32.const(PTE_V))), failed()),
        table.set(frameOf(pte.get())),
      );
    const deniesWrite = (bit: number) =>
      when(
        i32.and(
          i32.eq(need.get(), i32.const(PTE_W)),
          i32.ne(i32.and(pte.get(), i32.const(bit)), i32.const(0)),
        ),
        failed(),
      );
    const wanted = i32.or(need.get(), i32.const(PTE_V | PTE_U));
    // D is 2 · A and W is 2 · R: a write (4) marks A and D, anything else A.
    const marks = i32.or(i32.const(PTE_A), i32.mul(i32.eq(need.get(), i32.const(PTE_W)), i32.const(PTE_D)));
    return seq(
      when(i64.geU(va.get(), i64.const(layout.USER_END)), failed()),
      table.set(word(layout.HART_ROOT)),
      down(30),
      down(21),
      deniesWrite(PTE_SHARED_TABLE),
      slot.set(at(12)),
      pte.set(i32.load(slot.get())),
      when(i32.ne(i32.and(pte.get(), wanted), wanted), failed()),
      deniesWrite(PTE_COW),
      i32.store(slot.get(), i32.or(pte.get(), marks)),
      frameOf(pte.get()),
    );
  });
}

/** Notes that an entry is filled, so that emptying the bank finds it. */
const touch = (entry: Code<'i32'>, tlb: number): Code<'nothing'> => {
  const offset = i32.sub(i32.add(entry, i32.const(tlb)), word(layout.HART_TLB));
  const at = i32.add(word(layout.HART_TLB), i32.shrU(offset, i32.const(layout.TLB_GROUP_SHIFT)));
  return i32.store8(at, i32.const(1), layout.TLB_TOUCHED);
};

/** Puts a page into a TLB: what must be added to an address to find its byte. */
const fill = (tlb: number, address: Local<'i64'>, frame: Local<'i32'>): Code<'nothing'> =>
  seq(
    touch(tlbEntry(address.get()), tlb),
    i64.store(tlbEntry(address.get()), tagOf(address.get(), 1), tlb),
    i32.store(
      tlbEntry(address.get()),
      i32.sub(frame.get(), i32.and(i32.wrap(address.get()), i32.const(-PAGE_SIZE))),
      tlb + 8,
    ),
  );

/** Where the second half of an access that crosses pages begins. */
const nextPage = (address: Local<'i64'>): Code<'i64'> =>
  i64.and(i64.add(address.get(), i64.const(PAGE_SIZE)), i64.const(-PAGE_SIZE));
const crosses = (address: Local<'i64'>, bytes: Local<'i32'>): Code<'i32'> =>
  i32.gtU(i32.add(offsetInPage(address.get()), bytes.get()), i32.const(PAGE_SIZE));

function defineRead(m: ModuleBuilder, walk: Walk): Func<readonly ['i64', 'i32'], 'i32'> {
  return m.func('read', ['i64', 'i32'], 'i32', ({ params: [address, bytes], local }) => {
    const first = local('i32');
    const second = local('i32');
    const head = local('i32');
    const page = (into: Local<'i32'>, at: Code<'i64'>) =>
      when(
        i32.eqz(into.tee(call(walk, at, i32.const(PTE_R)))),
        seq(noteTrap(CAUSE['load-fault'], at), failed()),
      );
    const here = () => i32.add(first.get(), offsetInPage(address.get()));
    return seq(
      page(first, address.get()),
      when(i32.eqz(crosses(address, bytes)), seq(fill(TLB_READ, address, first), ret(here()))),
      page(second, nextPage(address)),
      head.set(i32.sub(i32.const(PAGE_SIZE), offsetInPage(address.get()))),
      memoryCopy(i32.const(BOUNCE), here(), head.get()),
      memoryCopy(i32.add(i32.const(BOUNCE), head.get()), second.get(), i32.sub(bytes.get(), head.get())),
      i32.const(BOUNCE),
    );
  });
}

/** (address) → frame that may be written now, its decoded code forgotten. */
function defineWritable(m: ModuleBuilder, walk: Walk, forget: Func<readonly ['i32'], 'nothing'>) {
  return m.func('writable', ['i64'], 'i32', ({ params: [address], local }) => {
    const frame = local('i32');
    const decoded = i32.load(indexOf(frame), layout.CODE_INDEX);
    return seq(
      when(
        i32.eqz(frame.tee(call(walk, address.get(), i32.const(PTE_W)))),
        seq(noteTrap(CAUSE['store-fault'], address.get()), failed()),
      ),
      when(i32.gtU(decoded, i32.const(WRITTEN)), call(forget, numberOf(frame))),
      frame.get(),
    );
  });
}

type Writable = Func<readonly ['i64'], 'i32'>;

function defineWrite(m: ModuleBuilder, writable: Writable): Writable {
  return m.func('write', ['i64'], 'i32', ({ params: [address], local }) => {
    const frame = local('i32');
    return seq(
      when(i32.eqz(frame.tee(call(writable, address.get()))), failed()),
      fill(TLB_WRITE, address, frame),
      i32.store(indexOf(frame), i32.const(WRITTEN), layout.CODE_INDEX),
      i32.add(frame.get(), offsetInPage(address.get())),
    );
  });
}

/** What compiled code asks when a TLB has no answer: it fills it, or leaves the access to the interpreter. */
function defineFill(m: ModuleBuilder, walk: Walk, tlb: typeof TLB_READ | typeof TLB_WRITE) {
  const isWrite = tlb === TLB_WRITE;
  return m.func(
    isWrite ? 'fillWrite' : 'fillRead',
    ['i64', 'i32'],
    'i32',
    ({ params: [address, bytes], local }) => {
      const frame = local('i32');
      const claim = seq(
        when(i32.gtU(i32.load(indexOf(frame), layout.CODE_INDEX), i32.const(WRITTEN)), failed()),
        i32.store(indexOf(frame), i32.const(WRITTEN), layout.CODE_INDEX),
      );
      return seq(
        when(crosses(address, bytes), failed()),
        when(i32.eqz(frame.tee(call(walk, address.get(), i32.const(isWrite ? PTE_W : PTE_R)))), failed()),
        isWrite ? claim : nop,
        fill(tlb, address, frame),
        i32.const(1),
      );
    },
  );
}

/** The same for one access: gives where its bytes are. */
const defineReach = (m: ModuleBuilder, fillIt: Walk, tlb: typeof TLB_READ | typeof TLB_WRITE) =>
  m.func(
    tlb === TLB_WRITE ? 'reachWrite' : 'reachRead',
    ['i64', 'i32'],
    'i32',
    ({ params: [address, bytes] }) =>
      seq(
        when(i32.eqz(call(fillIt, address.get(), bytes.get())), failed()),
        i32.add(i32.wrap(address.get()), i32.load(tlbEntry(address.get()), tlb + 8)),
      ),
  );

/** Both pages are found before a byte is written. */
function defineStore(m: ModuleBuilder, writable: Writable, write: Writable) {
  return m.func('store', ['i64', 'i64', 'i32'], 'i32', ({ params: [address, value, bytes], local }) => {
    const first = local('i32');
    const second = local('i32');
    const head = local('i32');
    const inOnePage = seq(
      when(i32.eqz(first.tee(call(write, address.get()))), failed()),
      memoryCopy(first.get(), i32.const(BOUNCE), bytes.get()),
      ret(i32.const(1)),
    );
    return seq(
      setLong(BOUNCE, value.get()),
      when(i32.eqz(crosses(address, bytes)), inOnePage),
      when(i32.eqz(first.tee(call(writable, address.get()))), failed()),
      when(i32.eqz(second.tee(call(writable, nextPage(address)))), failed()),
      head.set(i32.sub(i32.const(PAGE_SIZE), offsetInPage(address.get()))),
      memoryCopy(i32.add(first.get(), offsetInPage(address.get())), i32.const(BOUNCE), head.get()),
      memoryCopy(second.get(), i32.add(i32.const(BOUNCE), head.get()), i32.sub(bytes.get(), head.get())),
      i32.const(1),
    );
  });
}

/** What the host does for code. */
export interface CodeImports {
  /** Gives a frame a page of operations. */
  readonly open: Func<readonly ['i32'], 'nothing'>;
  /** Forgets a frame's operations. */
  readonly forget: Func<readonly ['i32'], 'nothing'>;
  /** (operation, frame of the second half) → operation of an instruction that lies on two pages. */
  readonly straddle: Func<readonly ['i32', 'i32'], 'i32'>;
}

/** (pc) → whether its page is in the TLB of code now. */
function defineFetch(m: ModuleBuilder, walk: Walk, { open }: CodeImports) {
  return m.func('fetch', ['i64'], 'i32', ({ params: [pc], local }) => {
    const frame = local('i32');
    const decoded = () => i32.load(indexOf(frame), layout.CODE_INDEX);
    return seq(
      when(
        i32.eqz(frame.tee(call(walk, pc.get(), i32.const(PTE_X)))),
        seq(noteTrap(CAUSE['fetch-fault'], pc.get()), setLong(layout.HART_PC, pc.get()), failed()),
      ),
      when(i32.leU(decoded(), i32.const(WRITTEN)), call(open, numberOf(frame))),
      touch(execEntry(pc.get()), TLB_EXEC),
      i64.store(execEntry(pc.get()), tagOf(pc.get(), 1), TLB_EXEC),
      i32.store(decoded(), i32.const(1), PAGE_USED),
      i32.store(execEntry(pc.get()), decoded(), TLB_EXEC + 12),
      i32.const(1),
    );
  });
}

/** Adds address translation to a module. */
export function definePaging(m: ModuleBuilder, imports: CodeImports) {
  const walk = defineWalk(m);
  const writable = defineWritable(m, walk, imports.forget);
  const write = defineWrite(m, writable);
  const fillRead = defineFill(m, walk, TLB_READ);
  const fillWrite = defineFill(m, walk, TLB_WRITE);
  return {
    walk,
    read: defineRead(m, walk),
    write,
    fillRead,
    fillWrite,
    reachRead: defineReach(m, fillRead, TLB_READ),
    reachWrite: defineReach(m, fillWrite, TLB_WRITE),
    store: defineStore(m, writable, write),
    fetch: defineFetch(m, walk, imports),
  };
}

export type Paging = ReturnType<typeof definePaging>;
