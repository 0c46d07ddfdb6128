import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KernelBug } from './bug.ts';
import { pack } from './pack.ts';
import { unpack } from './unpack.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(undefined, null, true, false),
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.int32Array(),
    fc.float64Array(),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
    ),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => new Map(pairs)),
    fc.array(tie('value')).map((values) => new Set(values)),
  ),
})).value;

test('what was packed comes back, and packs to the same bytes', () => {
  fc.assert(
    fc.property(plain, (value) => {
      const bytes = pack(value);
      const again = unpack(bytes);
      expect(again).toEqual(value);
      expect(pack(again)).toEqual(bytes);
    }),
  );
});

test('what is named twice stays one, circles included', () => {
  const shared = { words: new Int32Array([1, -1]) };
  const circle: unknown[] = [shared, shared];
  circle.push(circle);
  const [a, b, c] = unpack(pack(circle)) as [typeof shared, typeof shared, unknown[]];
  expect(a).toBe(b);
  expect(c[0]).toBe(a);
  expect(a).toEqual(shared);
});

test('lone surrogates, negative zero and numbers beyond 31 bits survive', () => {
  for (const value of [
    '\udc80\ud800',
    -0,
    2 ** 31,
    -(2 ** 31),
    2 ** 53 - 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])
    expect(unpack(pack(value))).toBe(value);
});

test('fields keep their order', () => {
  const records = [
    { b: 1, a: 2 },
    { a: 1, b: 2 },
    { b: 3, a: 4 },
  ];
  expect((unpack(pack(records)) as object[]).map((each) => Object.keys(each).join())).toEqual([
    'b,a',
    'a,b',
    'b,a',
  ]);
});

test('any text may name a field', () => {
  const records = [{ a: 1, 'b\nc': 2 }, { 'a\nb': 1, c: 2 }, { '': 1 }, {}];
  expect(unpack(pack(records))).toEqual(records);
});

test('behaviour is no plain data', () => {
  expect(() => pack({ run: () => 1 })).toThrow(KernelBug);
  expect(() => pack(new (class Thing {})())).toThrow(KernelBug);
});

test('damaged bytes are refused or give other data, and always end', () => {
  fc.assert(
    fc.property(plain, fc.nat(), fc.nat(255), (value, at, byte) => {
      const bytes = pack(value);
      bytes[at % bytes.length] = byte;
      try {
        unpack(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(KernelBug);
      }
    }),
  );
});
