import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  block,
  br,
  brIf,
  brTable,
  type Code,
  call,
  callIndirect,
  choose,
  drop,
  f32,
  f64,
  globalGet,
  globalSet,
  i32,
  i64,
  type Label,
  loop,
  ModuleBuilder,
  memoryCopy,
  memoryFill,
  nop,
  type Result,
  ret,
  returnCall,
  returnCallIndirect,
  select,
  seq,
  unreachable,
  type ValueType,
  when,
} from './index.ts';

const run = (m: ModuleBuilder, imports: object = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(m.encode()), imports as WebAssembly.Imports)
    .exports as Record<string, (...args: (number | bigint)[]) => number | bigint>;

/** A module with one function. */
function single<P extends readonly ValueType[], R extends Result>(
  params: P,
  result: R,
  body: Parameters<ModuleBuilder['func']>[3],
): (...args: (number | bigint)[]) => number | bigint {
  const m = new ModuleBuilder();
  m.exportFunction('f', m.func('f', params, result, body as never));
  return run(m)['f']!;
}

const TYPES = { i32, i64, f32, f64 } as const;
const constants: Record<ValueType, () => Code<ValueType>> = {
  i32: () => i32.const(3),
  i64: () => i64.const(3),
  f32: () => f32.const(3),
  f64: () => f64.const(3),
};
const ALL: readonly ValueType[] = ['i32', 'i64', 'f32', 'f64'];

/** Whether some choice of operand and result types makes the instruction valid. */
function validSomehow(make: (...args: Code<ValueType>[]) => Code<Result>): boolean {
  for (const operands of ALL)
    for (const address of ['i32', operands] as const)
      for (const result of [...ALL, 'nothing'] as const) {
        const m = new ModuleBuilder();
        m.importMemory('e', 'm', { min: 1 });
        const args = [constants[address](), constants[operands]()].slice(0, make.length);
        m.func('f', [], result, () => make(...args) as never);
        if (WebAssembly.validate(m.encode())) return true;
      }
  return false;
}

test.each(ALL)('every instruction of %s is one', (type) => {
  for (const [name, make] of Object.entries(TYPES[type]))
    if (name !== 'const') expect(validSomehow(make as never), `${type}.${name}`).toBe(true);
});

test('integer constants survive', () => {
  fc.assert(
    fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (a, b) => {
      expect(single([], 'i32', () => i32.const(a))()).toBe(a);
      expect(single([], 'i64', () => i64.const(b))()).toBe(b);
    }),
  );
});

test('floating-point constants survive', () => {
  for (const value of [0, -0, 1.5, Number.MIN_VALUE, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN])
    expect(single([], 'f64', () => f64.const(value))()).toBe(value);
  expect(single([], 'f32', () => f32.const(0.1))()).toBe(Math.fround(0.1));
});

test('labels count the blocks between', () => {
  const m = new ModuleBuilder();
  const f = m.func('f', ['i32'], 'i32', ({ params: [n], local }) => {
    const sum = local('i32');
    return seq(
      block('nothing', (out) =>
        loop('nothing', (again) =>
          seq(
            brIf(out, i32.eqz(n.get())),
            when(i32.and(n.get(), i32.const(1)), sum.set(i32.add(sum.get(), n.get()))),
            n.set(i32.sub(n.get(), i32.const(1))),
            br(again),
          ),
        ),
      ),
      sum.get(),
    );
  });
  m.exportFunction('f', f);
  expect(run(m)['f']!(10)).toBe(25);
});

test('a br_table of many arms takes the right one', () => {
  const arms = 300;
  const f = single(['i32'], 'i32', ({ params: [n] }) => {
    const labels: Label[] = [];
    const nest = (i: number): Code<never> =>
      i === arms
        ? brTable(n!.get() as Code<'i32'>, labels, labels[0]!)
        : seq(
            block('nothing', (label) => {
              labels[i] = label;
              return nest(i + 1);
            }),
            ret(i32.const(i * 7)),
          );
    return nest(0);
  });
  for (const i of [0, 1, 127, 128, 299]) expect(f(i)).toBe(i * 7);
  expect(f(5000)).toBe(0);
});

test('a branch out of a block it is not in is a slip of ours', () => {
  let stale: Label | undefined;
  const m = new ModuleBuilder();
  m.func('f', [], 'nothing', () =>
    block('nothing', (label) => {
      stale = label;
      return nop;
    }),
  );
  expect(() => m.func('g', [], 'nothing', () => br(stale!))).toThrow(/not in/);
});

test('functions call each other directly, by table and in place of themselves', () => {
  const m = new ModuleBuilder();
  const twice = m.importFunction('host', 'twice', ['i32'], 'i32');
  const type = m.type(['i32'], 'i32');
  const isOdd = m.declare('isOdd', ['i32'], 'i32');
  const isEven = m.func('isEven', ['i32'], 'i32', ({ params: [n] }) =>
    seq(when(i32.eqz(n.get()), ret(i32.const(1))), returnCall(isOdd, i32.sub(n.get(), i32.const(1)))),
  );
  const table = m.table([isEven, isOdd]);
  const second = m.table([twice]);
  m.define(isOdd, ({ params: [n] }) =>
    seq(
      when(i32.eqz(n.get()), ret(i32.const(0))),
      returnCallIndirect(table, type, i32.const(0), i32.sub(n.get(), i32.const(1))),
    ),
  );
  const f = m.func('f', ['i32'], 'i32', ({ params: [n] }) =>
    i32.add(call(twice, n.get()), callIndirect(second, type, i32.const(0), call(isEven, n.get()))),
  );
  m.exportFunction('f', f);
  const { f: exported } = run(m, { host: { twice: (n: number) => 2 * n } });
  expect(exported!(1_000_000)).toBe(2_000_002);
  expect(exported!(7)).toBe(14);
});

test('globals, selection and dropped values', () => {
  const m = new ModuleBuilder();
  const counter = m.global('i64', i64.const(40));
  const f = m.func('f', ['i32'], 'i64', ({ params: [n] }) =>
    seq(
      globalSet(counter, i64.add(globalGet(counter), i64.const(1))),
      drop(f64.const(1)),
      choose('i64', n.get(), globalGet(counter), select(i32.const(1), i64.const(-1), i64.const(0))),
    ),
  );
  m.exportFunction('f', f);
  m.exportGlobal('counter', counter);
  const exports = run(m);
  expect(exports['f']!(0)).toBe(-1n);
  expect(exports['f']!(1)).toBe(42n);
});

test('memory is read, written, filled and copied', () => {
  const m = new ModuleBuilder();
  m.importMemory('host', 'memory', { min: 1, max: 2 });
  const f = m.func('f', [], 'i64', () =>
    seq(
      memoryFill(i32.const(8), i32.const(0xab), i32.const(16)),
      memoryCopy(i32.const(100), i32.const(9), i32.const(3)),
      i64.store16(i32.const(90), i64.const(0x1234), 20),
      i64.load(i32.const(99), 1),
    ),
  );
  m.exportFunction('f', f);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  expect(run(m, { host: { memory } })['f']!()).toBe(0xabababn);
  expect(new DataView(memory.buffer).getUint16(110, true)).toBe(0x1234);
});

test('what is declared must be defined, and once', () => {
  const m = new ModuleBuilder();
  const f = m.declare('late', [], 'nothing');
  expect(() => m.encode()).toThrow(/late/);
  m.define(f, () => unreachable);
  expect(() => m.define(f, () => nop)).toThrow(/late/);
  expect(() => m.importFunction('host', 'g', [], 'nothing')).toThrow(/import g/);
  expect(WebAssembly.validate(m.encode())).toBe(true);
});
