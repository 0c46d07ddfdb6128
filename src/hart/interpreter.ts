/** The interpreter's module, put together: imports, helpers, the run loop, the careful handlers. */

import { layout } from '../memory/index.ts';
import {
  type Code,
  call,
  type Frame,
  type Func,
  i32,
  i64,
  ModuleBuilder,
  ret,
  seq,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { defineArithmetic, type Floats } from './float.ts';
import { defineConversions } from './float-convert.ts';
import { FIRST_FORM, FORMS, type Form } from './form.ts';
import { FUSED } from './fused.ts';
import { carefulStage } from './handler.ts';
import type { Helpers } from './helpers.ts';
import type { Place } from './interpreting.ts';
import { REGION } from './mark.ts';
import { OP_SHIFT } from './operation.ts';
import { definePaging, execEntry, type Paging } from './paging.ts';
import { noteTrap, PC_BASE, pcOf, STRADDLING, setLong, setWord, TARGET } from './place.ts';
import { defineRun, JUMPED, TRAPPED } from './run-loop.ts';

const { TLB_EXEC } = layout;

/** Builds the module: the same bytes every time. */
export function interpreterModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  m.importMemory('host', 'memory', { min: 1 });
  const regions = m.importTable('host', 'regions', { min: 1 });
  const regionType = m.type(REGION.params, REGION.result);
  const host = defineImports(m);
  const paging = definePaging(m, host);
  const floats: Floats = new Map();
  defineArithmetic(m, floats, host.soft);
  const conversions = defineConversions(m, floats, host.soft);
  const find = (name: string) => floats.get(name) as Func<readonly ValueType[], never>;
  const helpers: Helpers = {
    ...paging,
    ...conversions,
    word: host.word,
    csr: host.csr,
    float: find,
    integer: find,
  };
  const carefulType = m.type(['i32'], 'i32');
  const careful = m.declareTable();
  const straddle = defineStraddle(m, paging, host.straddle);
  const sure = new Set<Form>();
  const run = defineRun(m, {
    paging,
    helpers,
    decode: host.decode,
    straddle,
    careful,
    carefulType,
    sure,
    regions,
    regionType,
    hot: host.hot,
  });
  m.fillTable(careful, defineCareful(m, helpers, sure));
  m.exportFunction('run', run);
  exportHelpers(m, helpers, floats);
  return m.encode();
}

const defineImports = (m: ModuleBuilder) => ({
  decode: m.importFunction('host', 'decode', ['i32'], 'nothing'),
  hot: m.importFunction('host', 'hot', ['i32'], 'nothing'),
  open: m.importFunction('host', 'open', ['i32'], 'nothing'),
  forget: m.importFunction('host', 'forget', ['i32'], 'nothing'),
  straddle: m.importFunction('host', 'straddle', ['i32', 'i32'], 'i32'),
  word: m.importFunction('host', 'word', ['i32'], 'i32'),
  csr: m.importFunction('host', 'csr', ['i32', 'i32'], 'i32'),
  soft: m.importFunction('host', 'soft', ['i32', 'i64', 'i64', 'i64', 'i32'], 'i64'),
});

/** What compiled code calls: by the names its modules import. */
function exportHelpers(m: ModuleBuilder, helpers: Helpers, floats: Floats): void {
  const { fillRead, fillWrite, reachRead, reachWrite, widen, narrow } = helpers;
  const stay = m.func('stay', REGION.params, REGION.result, ({ params: [pc] }) => pc.get());
  for (const f of [stay, fillRead, fillWrite, reachRead, reachWrite, widen, narrow])
    m.exportFunction(f.name, f);
  for (const [name, f] of floats) m.exportFunction(name, f);
}

/** The careful handlers by number; forms that never need one share that of illegal instructions. */
function defineCareful(
  m: ModuleBuilder,
  helpers: Helpers,
  sure: ReadonlySet<Form>,
): Func<readonly ['i32'], 'i32'>[] {
  const illegal = m.func('illegal', ['i32'], 'i32', ({ params: [operation] }) =>
    seq(noteTrap(CAUSE.illegal, i64.extendI32U(call(helpers.word, operation.get()))), i32.const(TRAPPED)),
  );
  const handlerOf = carefulHandlers(helpers);
  const forms = FORMS.map((form) =>
    sure.has(form)
      ? illegal
      : m.func(`${form.name}.${form.twist}`, ['i32'], 'i32', (frame) => handlerOf(frame, form)),
  );
  const own = [...Array.from({ length: FIRST_FORM }, () => illegal), ...forms];
  // A chain that cannot do its first does the first alone.
  return [...own, ...FUSED.map(({ forms: [first] }) => own[first!.handler]!)];
}

type CarefulFrame = Frame<readonly ['i32']>;

/** One stage for all: the operation is every careful function's only parameter. */
function carefulHandlers(helpers: Helpers): (frame: CarefulFrame, form: Form) => Code<never> {
  let current: CarefulFrame;
  let handler: ((form: Form) => Code<never>) | undefined;
  return (frame, form) => {
    current = frame;
    const site: Place = {
      operation: frame.params[0],
      local: (type) => current.local(type),
      goTo: (next) => ret(next),
      jump: (pc) => seq(setLong(TARGET, pc), ret(i32.const(JUMPED))),
    };
    handler ??= carefulStage(site, helpers, ret(i32.const(TRAPPED)));
    return handler(form);
  };
}

/** (operation) → the operation of an instruction whose second half lies on the next page; 0 after a trap. */
function defineStraddle(m: ModuleBuilder, { fetch }: Paging, decode: Func<readonly ['i32', 'i32'], 'i32'>) {
  return m.func('straddle', ['i32'], 'i32', ({ params: [operation], local }) => {
    const pc = local('i64');
    const next = local('i64');
    const page = local('i32');
    return seq(
      setWord(STRADDLING, operation.get()),
      pc.set(pcOf(operation.get())),
      next.set(i64.add(pc.get(), i64.const(2))),
      when(i32.eqz(call(fetch, next.get())), ret(i32.const(0))),
      page.set(i32.load(execEntry(next.get()), TLB_EXEC + 12)),
      operation.set(call(decode, operation.get(), page.get())),
      setLong(PC_BASE, i64.sub(pc.get(), i64.extendI32U(i32.shrU(operation.get(), i32.const(OP_SHIFT))))),
      operation.get(),
    );
  });
}
