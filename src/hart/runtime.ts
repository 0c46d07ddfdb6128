/**
 * What every handler stands on: leaving the run, entering code at an address, translation with its slow path,
 * and the imports. Functions are named by their index in the module under construction.
 */
import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  get,
  globalGet,
  globalSet,
  i32,
  i64,
  load,
  type ModuleBuilder,
  memoryCopy,
  op,
  ret,
  returnCall,
  returnCallIndirect,
  select,
  seq,
  set,
  signature,
  store,
  tee,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { AT, OP_SHIFT } from './operation.ts';

const { TLB_READ, TLB_WRITE, TLB_EXEC } = layout;
/** Bytes of an access that crosses pages, on their way. */
export const BOUNCE = layout.HART_SCRATCH;

/** A handler: the operation's address and the instructions left of the slice, this one included. */
export const HANDLER = signature(['i32', 'i32']);
const OP = get(0);
const LEFT = get(1);

export interface Runtime {
  readonly builder: ModuleBuilder;
  readonly handlerType: number;
  readonly asid: number;
  readonly pageVa: number;
  readonly pageOps: number;
  readonly budget: number;
  /** Imports. */
  readonly decode: number;
  readonly straddle: number;
  readonly codePage: number;
  readonly dropCode: number;
  readonly csr: number;
  readonly soft: number;
  readonly fenceI: number;
  /** (op, left): leaves with the pc of this operation and the instructions before it retired. */
  readonly exitAt: number;
  /** (pc, left): goes on at an address. */
  readonly enter: number;
  /** (address, bytes) → where in memory they can be read now; 0 after a fault was noted. */
  readonly readSlow: number;
  /** (address, bytes) → where they can be written; only for accesses inside one page. */
  readonly writeSlow: number;
  /** (address, value, bytes) → 0 after a fault was noted. */
  readonly storeSlow: number;
  readonly walk: number;
}

/** The pc of the operation in local 0. */
export const pcOf = (r: Pick<Runtime, 'pageVa' | 'pageOps'>): Code =>
  op(
    'i64.add',
    globalGet(r.pageVa),
    op('i64.extend_i32_u', op('i32.shr_u', op('i32.sub', OP, globalGet(r.pageOps)), i32(OP_SHIFT))),
  );

/** Goes on with the operation at an address, the slice having `left` instructions. */
export const dispatch = (r: Pick<Runtime, 'handlerType'>, at: Code, left: Code): Code =>
  returnCallIndirect(r.handlerType, load('i32.load16_u', at, AT.handler), at, left);

const noteCause = (code: number): Code => store('i32.store', i32(0), i32(code), layout.HART_CAUSE);
export const noteFault = (code: number, address: Code): Code =>
  seq(noteCause(code), store('i64.store', i32(0), address, layout.HART_TVAL));

/** Address of the TLB entry of a virtual address, in a TLB that begins at `base`. */
export const tlbEntry = (base: number, address: Code): Code =>
  op(
    'i32.add',
    op(
      'i32.and',
      op('i32.wrap_i64', op('i64.shr_u', address, i64(8))),
      i32((layout.TLB_ENTRIES - 1) * layout.TLB_ENTRY),
    ),
    i32(base),
  );

/** The tag of the page that the last of `bytes` bytes lies in. */
export const tagOf = (r: Pick<Runtime, 'asid'>, address: Code, bytes: Code | null): Code =>
  op(
    'i64.or',
    op('i64.and', bytes === null ? address : op('i64.add', address, bytes), i64(-layout.PAGE_SIZE)),
    globalGet(r.asid),
  );

const pageOffset = (address: Code): Code =>
  op('i32.and', op('i32.wrap_i64', address), i32(layout.PAGE_SIZE - 1));

/** Sv39 walk: (va, needed permission bit) → byte address of the frame, or 0. Sets A and D. */
function defineWalk(b: ModuleBuilder): number {
  const { PTE_V, PTE_U, PTE_A, PTE_D, PTE_COW, PTE_SHARED_TABLE, PTE_W, PTE_PPN_SHIFT } = layout;
  const [va, need, pte, table, at] = [0, 1, 2, 3, 4];
  const index = (shift: number): Code =>
    op('i32.shl', op('i32.and', op('i32.wrap_i64', op('i64.shr_u', get(va), i64(shift))), i32(511)), i32(3));
  const down = (shift: number): Code =>
    seq(
      set(pte, load('i32.load', op('i32.add', get(table), index(shift)))),
      when(op('i32.eqz', op('i32.and', get(pte), i32(PTE_V))), ret(i32(0))),
      set(table, op('i32.shl', op('i32.shr_u', get(pte), i32(PTE_PPN_SHIFT)), i32(layout.PAGE_SHIFT))),
    );
  const writes = op('i32.and', get(need), i32(PTE_W));
  return b.func(
    signature(['i64', 'i32'], ['i32']),
    ['i32', 'i32', 'i32'],
    seq(
      when(op('i64.ge_u', get(va), i64(layout.USER_END)), ret(i32(0))),
      set(table, load('i32.load', i32(0), layout.HART_ROOT)),
      down(30),
      down(21),
      when(op('i32.and', select(writes, i32(PTE_SHARED_TABLE), i32(0)), get(pte)), ret(i32(0))),
      set(at, op('i32.add', get(table), index(12))),
      set(pte, load('i32.load', get(at))),
      set(need, op('i32.or', get(need), i32(PTE_V | PTE_U))),
      when(op('i32.ne', op('i32.and', get(pte), get(need)), get(need)), ret(i32(0))),
      when(op('i32.and', select(writes, i32(PTE_COW), i32(0)), get(pte)), ret(i32(0))),
      store('i32.store', get(at), op('i32.or', get(pte), select(writes, i32(PTE_A | PTE_D), i32(PTE_A)))),
      op('i32.shl', op('i32.shr_u', get(pte), i32(PTE_PPN_SHIFT)), i32(layout.PAGE_SHIFT)),
    ),
  );
}

/** (base, address, frame): fills an entry. */
function defineFill(b: ModuleBuilder, asid: number): number {
  const entry = 3;
  return b.func(
    signature(['i32', 'i64', 'i32']),
    ['i32'],
    seq(
      set(entry, op('i32.add', tlbEntry(0, get(1)), get(0))),
      store('i64.store', get(entry), tagOf({ asid }, get(1), null)),
      store('i32.store', get(entry), get(2), 8),
    ),
  );
}

function defineReadSlow(b: ModuleBuilder, walk: number, fill: number): number {
  const [address, bytes, first, second, head] = [0, 1, 2, 3, 4];
  const next = op('i64.and', op('i64.add', get(address), i64(layout.PAGE_SIZE)), i64(-layout.PAGE_SIZE));
  const fault = (at: Code) => seq(noteFault(CAUSE['load-fault'], at), ret(i32(0)));
  return b.func(
    signature(['i64', 'i32'], ['i32']),
    ['i32', 'i32', 'i32'],
    seq(
      when(op('i32.eqz', tee(first, call(walk, get(address), i32(layout.PTE_R)))), fault(get(address))),
      when(
        op('i32.le_u', op('i32.add', pageOffset(get(address)), get(bytes)), i32(layout.PAGE_SIZE)),
        seq(
          call(fill, i32(TLB_READ), get(address), get(first)),
          ret(op('i32.add', get(first), pageOffset(get(address)))),
        ),
      ),
      when(op('i32.eqz', tee(second, call(walk, next, i32(layout.PTE_R)))), fault(next)),
      set(head, op('i32.sub', i32(layout.PAGE_SIZE), pageOffset(get(address)))),
      memoryCopy(i32(BOUNCE), op('i32.add', get(first), pageOffset(get(address))), get(head)),
      memoryCopy(op('i32.add', i32(BOUNCE), get(head)), get(second), op('i32.sub', get(bytes), get(head))),
      i32(BOUNCE),
    ),
  );
}

/** (address) → frame that may be written now, decoded code in it dropped; 0 after a fault was noted. */
function defineWritable(b: ModuleBuilder, walk: number, dropCode: number): number {
  const [address, frame] = [0, 1];
  const number = op('i32.shr_u', get(frame), i32(layout.PAGE_SHIFT));
  return b.func(
    signature(['i64'], ['i32']),
    ['i32'],
    seq(
      when(
        op('i32.eqz', tee(frame, call(walk, get(address), i32(layout.PTE_W)))),
        seq(noteFault(CAUSE['store-fault'], get(address)), ret(i32(0))),
      ),
      when(load('i32.load', op('i32.shl', number, i32(2)), layout.CODE_INDEX), call(dropCode, number)),
      get(frame),
    ),
  );
}

function defineWriteSlow(b: ModuleBuilder, writable: number, fill: number): number {
  const [address, frame] = [0, 1];
  return b.func(
    signature(['i64'], ['i32']),
    ['i32'],
    seq(
      when(op('i32.eqz', tee(frame, call(writable, get(address)))), ret(i32(0))),
      call(fill, i32(TLB_WRITE), get(address), get(frame)),
      op('i32.add', get(frame), pageOffset(get(address))),
    ),
  );
}

function defineStoreSlow(b: ModuleBuilder, writable: number, writeSlow: number): number {
  const [address, value, bytes, first, second, head] = [0, 1, 2, 3, 4, 5];
  const next = op('i64.and', op('i64.add', get(address), i64(layout.PAGE_SIZE)), i64(-layout.PAGE_SIZE));
  const crosses = op('i32.gt_u', op('i32.add', pageOffset(get(address)), get(bytes)), i32(layout.PAGE_SIZE));
  return b.func(
    signature(['i64', 'i64', 'i32'], ['i32']),
    ['i32', 'i32', 'i32'],
    seq(
      store('i64.store', i32(0), get(value), BOUNCE),
      when(
        op('i32.eqz', crosses),
        seq(
          when(op('i32.eqz', tee(first, call(writeSlow, get(address)))), ret(i32(0))),
          memoryCopy(get(first), i32(BOUNCE), get(bytes)),
          ret(i32(1)),
        ),
      ),
      when(op('i32.eqz', tee(first, call(writable, get(address)))), ret(i32(0))),
      when(op('i32.eqz', tee(second, call(writable, next))), ret(i32(0))),
      set(head, op('i32.sub', i32(layout.PAGE_SIZE), pageOffset(get(address)))),
      memoryCopy(op('i32.add', get(first), pageOffset(get(address))), i32(BOUNCE), get(head)),
      memoryCopy(get(second), op('i32.add', i32(BOUNCE), get(head)), op('i32.sub', get(bytes), get(head))),
      i32(1),
    ),
  );
}

/** (pc, left): looks the page up, or walks; a fetch fault leaves with the pc as it is. */
function defineEnter(
  b: ModuleBuilder,
  func: number,
  r: Omit<Runtime, 'enter' | 'exitAt' | 'readSlow' | 'writeSlow' | 'storeSlow'>,
  fill: number,
): void {
  const [pc, left, entry, frame] = [0, 1, 2, 3];
  const leave = seq(
    store('i64.store', i32(0), get(pc), layout.HART_PC),
    store('i32.store', i32(0), op('i32.sub', globalGet(r.budget), get(left)), layout.HART_RETIRED),
    ret(),
  );
  const index = op('i32.shl', op('i32.shr_u', get(frame), i32(layout.PAGE_SHIFT)), i32(2));
  const ops = load('i32.load', get(entry), 12);
  b.define(
    func,
    seq(
      when(op('i32.eqz', get(left)), seq(noteCause(CAUSE.slice), leave)),
      set(entry, tlbEntry(TLB_EXEC, get(pc))),
      when(
        op('i64.ne', load('i64.load', get(entry)), tagOf(r, get(pc), null)),
        seq(
          when(
            op('i32.eqz', tee(frame, call(r.walk, get(pc), i32(layout.PTE_X)))),
            seq(noteFault(CAUSE['fetch-fault'], get(pc)), leave),
          ),
          when(
            op('i32.eqz', load('i32.load', index, layout.CODE_INDEX)),
            call(r.codePage, op('i32.shr_u', get(frame), i32(layout.PAGE_SHIFT))),
          ),
          call(fill, i32(TLB_EXEC), get(pc), get(frame)),
          store('i32.store', get(entry), load('i32.load', index, layout.CODE_INDEX), 12),
        ),
      ),
      globalSet(r.pageVa, op('i64.and', get(pc), i64(-layout.PAGE_SIZE))),
      globalSet(r.pageOps, ops),
      set(
        entry,
        op(
          'i32.add',
          ops,
          op('i32.shl', op('i32.and', op('i32.wrap_i64', get(pc)), i32(layout.PAGE_SIZE - 2)), i32(OP_SHIFT)),
        ),
      ),
      dispatch(r, get(entry), get(left)),
    ),
  );
}

function imports(b: ModuleBuilder) {
  const one = (
    field: string,
    params: Parameters<typeof signature>[0],
    results: Parameters<typeof signature>[1] = [],
  ) => b.importFunction('host', field, signature(params, results));
  return {
    decode: one('decode', ['i32']),
    straddle: one('straddle', ['i32'], ['i32']),
    codePage: one('codePage', ['i32']),
    dropCode: one('dropCode', ['i32']),
    csr: one('csr', ['i32', 'i32', 'i32'], ['i32']),
    soft: one('soft', ['i32', 'i64', 'i64', 'i64', 'i32'], ['i64']),
    fenceI: one('fenceI', []),
  };
}

/** Adds the runtime to a module and gives what the handlers need to know of it. */
export function defineRuntime(b: ModuleBuilder, pages: number): Runtime {
  b.importMemory('host', 'memory', pages);
  const imported = imports(b);
  const globals = {
    asid: b.global('i64'),
    pageVa: b.global('i64'),
    pageOps: b.global('i32'),
    budget: b.global('i32'),
  };
  const base = { builder: b, handlerType: b.type(HANDLER), ...imported, ...globals };
  const walk = defineWalk(b);
  const fill = defineFill(b, globals.asid);
  const writable = defineWritable(b, walk, imported.dropCode);
  const readSlow = defineReadSlow(b, walk, fill);
  const writeSlow = defineWriteSlow(b, writable, fill);
  const storeSlow = defineStoreSlow(b, writable, writeSlow);
  const exitAt = b.func(
    HANDLER,
    [],
    seq(
      store('i64.store', i32(0), pcOf(globals), layout.HART_PC),
      store('i32.store', i32(0), op('i32.sub', globalGet(globals.budget), LEFT), layout.HART_RETIRED),
    ),
  );
  const enter = b.declare(signature(['i64', 'i32']), ['i32', 'i32']);
  defineEnter(b, enter, { ...base, walk }, fill);
  const run = b.func(
    signature(['i32', 'i64']),
    [],
    seq(
      globalSet(globals.budget, get(0)),
      globalSet(globals.asid, get(1)),
      returnCall(enter, load('i64.load', i32(0), layout.HART_PC), get(0)),
    ),
  );
  b.exportFunction('run', run);
  b.exportFunction('walk', walk);
  b.exportGlobal('pageVa', globals.pageVa);
  b.exportGlobal('pageOps', globals.pageOps);
  b.exportGlobal('budget', globals.budget);
  return { ...base, walk, readSlow, writeSlow, storeSlow, exitAt, enter };
}

/** The handlers that belong to no row, in the order of their numbers. */
export function specialHandlers(r: Runtime): number[] {
  const { builder: b } = r;
  const undecoded = b.func(HANDLER, [], seq(call(r.decode, OP), dispatch(r, OP, LEFT)));
  const leavePage = b.func(HANDLER, [], returnCall(r.enter, pcOf(r), LEFT));
  const straddle = b.func(
    HANDLER,
    ['i32'],
    seq(
      when(op('i32.eqz', tee(2, call(r.straddle, OP))), returnCall(r.exitAt, OP, LEFT)),
      dispatch(r, get(2), LEFT),
    ),
  );
  const illegal = b.func(
    HANDLER,
    [],
    seq(noteFault(CAUSE.illegal, load('i64.load32_u', OP, AT.imm)), returnCall(r.exitAt, OP, LEFT)),
  );
  return [undecoded, leavePage, straddle, illegal];
}
