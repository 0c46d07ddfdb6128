/**
 * The run loop: one function with a loop around a br_table whose arms are the fast handlers, and a
 * table of careful handlers, one function each. (Measured on Node 20, V8 11.3: a loop with br_table executes
 * three to four times as many operations a second as handlers that call each other by return_call_indirect.)
 *
 *     again ─▶ one less of the budget ─▶ br_table ─▶ fast handler ──▶ again
 *                                                        │ cannot       ▲
 *                                                        ▼              │
 *                                            careful handler ─ next ────┤
 *                                              │ trap     │ jump        │
 *                                              ▼          ▼             │
 *                                          end of run   look the page up
 */
import { layout } from '../memory/index.ts';
import {
  block,
  br,
  brIf,
  brTable,
  type Code,
  call,
  callIndirect,
  type Func,
  type FunctionTable,
  i32,
  i64,
  type Label,
  type Local,
  loop,
  type ModuleBuilder,
  memoryFill,
  ret,
  seq,
  type TypeIndex,
  type ValueType,
  when,
} from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { FORMS, type Form, LEAVE_PAGE, MARKED, STRADDLE, UNDECODED } from './form.ts';
import { FUSED, HANDLERS } from './fused.ts';
import { fastStage } from './handler.ts';
import type { Helpers } from './helpers.ts';
import type { Place } from './interpreting.ts';
import { DEPTH, MARK, markOf, type REGION } from './mark.ts';
import { OP_SHIFT } from './operation.ts';
import { execEntry, type Paging, tagOf } from './paging.ts';
import {
  BUDGET,
  HOT,
  LEFT,
  long,
  PC_BASE,
  pcOf,
  SEEN,
  SEEN_ANY,
  SEEN_SIZE,
  setLong,
  setWord,
  TARGET,
  word,
} from './place.ts';

/** What a careful handler returns when it is not the next operation's address. */
export const TRAPPED = 0;
export const JUMPED = 1;

const { TLB_EXEC, PAGE_SIZE } = layout;

/** What the loop calls. */
export interface Parts {
  readonly paging: Paging;
  readonly helpers: Helpers;
  readonly decode: Func<readonly ['i32'], 'nothing'>;
  readonly straddle: Func<readonly ['i32'], 'i32'>;
  readonly careful: FunctionTable;
  readonly carefulType: TypeIndex<readonly ['i32'], 'i32'>;
  /** The functions of compiled code. */
  readonly regions: FunctionTable;
  readonly regionType: TypeIndex<typeof REGION.params, 'i64'>;
  /** Told of a marked operation that was executed often. */
  readonly hot: Func<readonly ['i32'], 'nothing'>;
  /** Receives the forms whose fast handlers never give up. */
  readonly sure: Set<Form>;
}

/** (budget) → cause. The pc and what was retired are in the HART block. */
export function defineRun(m: ModuleBuilder, parts: Parts): Func<readonly ['i32'], 'i32'> {
  return m.func('run', ['i32'], 'i32', ({ params: [left], local }) => {
    const state: State = {
      left,
      operation: local('i32'),
      target: local('i64'),
      next: local('i32'),
      handler: local('i32'),
      local,
    };
    const leaveHere = seq(setLong(layout.HART_PC, pcOf(state.operation.get())), noteRetired(left));
    return seq(
      setWord(BUDGET, left.get()),
      when(word(SEEN_ANY), forgetSeen()),
      state.target.set(long(layout.HART_PC)),
      lookUpPage(parts, state),
      block('nothing', (over) =>
        seq(
          block('nothing', (trapped) =>
            loop('nothing', (again) => turn(parts, state, { again, trapped, over })),
          ),
          left.set(i32.add(left.get(), i32.const(1))),
          leaveHere,
          ret(word(layout.HART_CAUSE)),
        ),
      ),
      leaveHere,
      i32.const(CAUSE.slice),
    );
  });
}

/** Forgets the pages that compiled loops remember: no page has all bits. */
const forgetSeen = (): Code<'nothing'> =>
  seq(memoryFill(i32.const(SEEN), i32.const(0xff), i32.const(SEEN_SIZE)), setWord(SEEN_ANY, i32.const(0)));

/** The run loop's variables. */
interface State {
  /** What is left of the budget. */
  readonly left: Local<'i32'>;
  readonly operation: Local<'i32'>;
  /** Where a jump out of the page leads. */
  readonly target: Local<'i64'>;
  readonly next: Local<'i32'>;
  /** The handler of a marked operation. */
  readonly handler: Local<'i32'>;
  readonly local: <T extends ValueType>(type: T) => Local<T>;
}

interface Exits {
  readonly again: Label;
  readonly trapped: Label;
  readonly over: Label;
}

function turn(parts: Parts, state: State, { again, trapped, over }: Exits): Code<'nothing'> {
  const { left } = state;
  return seq(
    block('nothing', (jump) =>
      seq(
        block('nothing', (careful) =>
          seq(
            brIf(over, i32.eqz(left.get())),
            left.set(i32.sub(left.get(), i32.const(1))),
            dispatch(parts, state, { again, careful, jump, trapped, over }),
          ),
        ),
        carefully(parts, state, again, trapped),
      ),
    ),
    lookUpPage(parts, state),
    br(again),
  );
}

/** Finds the operation of the target, or ends the run with a fetch fault. */
function lookUpPage({ paging }: Parts, { left, operation, target, next }: State): Code<'nothing'> {
  const miss = i64.ne(tagOf(target.get(), 1), i64.load(next.tee(execEntry(target.get())), TLB_EXEC));
  const inPage = i32.and(i32.wrap(target.get()), i32.const(PAGE_SIZE - 2));
  const base = i64.sub(
    i64.and(target.get(), i64.const(-PAGE_SIZE)),
    i64.extendI32U(i32.shrU(operation.get(), i32.const(OP_SHIFT))),
  );
  const noFetch = seq(setLong(layout.HART_PC, target.get()), noteRetired(left), ret(i32.const(CAUSE.slice)));
  const fault = seq(noteRetired(left), ret(word(layout.HART_CAUSE)));
  return seq(
    when(
      miss,
      seq(when(i32.eqz(left.get()), noFetch), when(i32.eqz(call(paging.fetch, target.get())), fault)),
    ),
    operation.set(i32.load(next.get(), TLB_EXEC + 12)),
    setLong(PC_BASE, base),
    operation.set(i32.add(operation.get(), i32.shl(inPage, i32.const(OP_SHIFT)))),
  );
}

const noteRetired = (left: Local<'i32'>): Code<'nothing'> =>
  setWord(layout.HART_RETIRED, i32.sub(word(BUDGET), left.get()));

/** Runs the careful handler of an operation and goes where it says. */
function carefully(
  { careful, carefulType }: Parts,
  state: State,
  again: Label,
  trapped: Label,
): Code<'nothing'> {
  const { left, operation, target, next, handler } = state;
  return seq(
    setWord(LEFT, left.get()),
    ownHandler(state),
    next.set(callIndirect(careful, carefulType, handler.get(), operation.get())),
    brIf(trapped, i32.eqz(next.get())),
    when(i32.ne(next.get(), i32.const(JUMPED)), seq(operation.set(next.get()), br(again))),
    target.set(long(TARGET)),
  );
}

interface Ways {
  readonly again: Label;
  readonly careful: Label;
  readonly jump: Label;
  readonly trapped: Label;
  readonly over: Label;
}

/** The br_table and its arms. */
function dispatch(parts: Parts, state: State, ways: Ways): Code<never> {
  const arms = fastArms(parts, state, ways);
  const labels: Label[] = Array.from({ length: HANDLERS }, () => ways.careful);
  const nest = (i: number): Code<never> => {
    const arm = arms[i];
    if (arm === undefined) return choice(parts, state, ways, labels);
    const [number, body] = arm;
    const inner = block('nothing', (label) => {
      labels[number] = label;
      return nest(i + 1);
    });
    return seq(inner, body);
  };
  return nest(0);
}

/** Chooses the arm; what is marked comes back to choose by its own handler. */
function choice(parts: Parts, state: State, ways: Ways, labels: Label[]): Code<never> {
  const { operation, handler } = state;
  const inner = block('nothing', (marked) => {
    const all = labels.with(MARKED, marked);
    return brTable(i32.load16U(operation.get()), all, ways.careful);
  });
  return seq(inner, atMark(parts, state, ways), brTable(handler.get(), labels, ways.careful));
}

/** The handler of the operation, marked or not. */
const ownHandler = ({ operation, handler }: State): Code<'nothing'> =>
  seq(
    handler.set(i32.load16U(operation.get())),
    when(
      i32.eq(handler.get(), i32.const(MARKED)),
      handler.set(i32.load16U(markOf(operation.get()), MARK.handler)),
    ),
  );

/** Runs compiled code, if there is any, and finds the handler to go on with. */
function atMark(parts: Parts, state: State, { jump, over }: Ways): Code<'nothing'> {
  const { left, operation, target, next, handler } = state;
  const slot = next;
  const enter = seq(
    setWord(LEFT, i32.add(left.get(), i32.const(1))),
    target.set(
      callIndirect(
        parts.regions,
        parts.regionType,
        slot.get(),
        pcOf(operation.get()),
        i32.const(DEPTH),
        word(layout.HART_TLB),
      ),
    ),
    left.set(word(LEFT)),
    brIf(jump, i64.eqz(i64.and(target.get(), i64.const(1)))),
    target.set(i64.and(target.get(), i64.const(-2))),
    lookUpPage(parts, state),
    brIf(over, i32.eqz(left.get())),
    left.set(i32.sub(left.get(), i32.const(1))),
    ownHandler(state),
  );
  const mark = next;
  const count = handler;
  const notYet = seq(
    mark.set(markOf(operation.get())),
    count.set(i32.add(i32.load16U(mark.get(), MARK.count), i32.const(1))),
    i32.store16(mark.get(), count.get(), MARK.count),
    when(i32.geU(count.get(), word(HOT)), call(parts.hot, operation.get())),
    handler.set(i32.load16U(mark.get(), MARK.handler)),
  );
  return when(slot.tee(i32.load(markOf(operation.get()), MARK.slot)), enter, notYet);
}

type Arm = readonly [number: number, body: Code<never>];

function fastArms(parts: Parts, state: State, ways: Ways): readonly Arm[] {
  const arms: Arm[] = [...specialArms(parts, state, ways)];
  const { left } = state;
  const between = seq(brIf(ways.again, i32.eqz(left.get())), left.set(i32.sub(left.get(), i32.const(1))));
  const { site, reset } = fastSite(state, ways);
  const stage = fastStage(site, parts.helpers, ways.careful, between);
  for (const form of FORMS) {
    reset();
    const handler = stage.single(form);
    if (handler?.sure) parts.sure.add(form);
    if (handler !== undefined) arms.push([form.handler, handler.body]);
  }
  for (const { forms, handler } of FUSED) {
    reset();
    arms.push([handler, stage.chain(forms)]);
  }
  return arms;
}

/** All arms use the same local variables; `reset` frees them for the next one. */
function fastSite(state: State, { again, jump }: Ways): { readonly site: Place; reset(): void } {
  const pool = new Map<ValueType, Local[]>();
  const used = new Map<ValueType, number>();
  const site: Place = {
    operation: state.operation,
    local<T extends ValueType>(type: T) {
      const locals = pool.get(type) ?? [];
      pool.set(type, locals);
      const count = used.get(type) ?? 0;
      used.set(type, count + 1);
      locals[count] ??= state.local(type) as unknown as Local;
      return locals[count] as unknown as Local<T>;
    },
    goTo: (next) => seq(state.operation.set(next), br(again)),
    jump: (pc) => seq(state.target.set(pc), br(jump)),
  };
  return { site, reset: () => used.clear() };
}

/** The arms that are no instructions: they give back what was taken off the budget. */
function specialArms(
  { decode, straddle }: Parts,
  state: State,
  { again, jump, trapped }: Ways,
): readonly Arm[] {
  const { left, operation, target, next } = state;
  const giveBack = left.set(i32.add(left.get(), i32.const(1)));
  return [
    [UNDECODED, seq(giveBack, call(decode, operation.get()), br(again))],
    [LEAVE_PAGE, seq(giveBack, target.set(pcOf(operation.get())), br(jump))],
    [
      STRADDLE,
      seq(
        brIf(trapped, i32.eqz(next.tee(call(straddle, operation.get())))),
        giveBack,
        operation.set(next.get()),
        br(again),
      ),
    ],
  ];
}
