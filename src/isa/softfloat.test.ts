import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { soft32, soft64, softNarrow, softWiden } from './softfloat.ts';
import { bitLength, FLAG, RM } from './softfloat-parts.ts';

const cell = new DataView(new ArrayBuffer(8));
const bitsOf = (value: number): bigint => {
  cell.setFloat64(0, value);
  return cell.getBigUint64(0);
};
const valueOf64 = (bits: bigint): number => {
  cell.setBigUint64(0, bits);
  return cell.getFloat64(0);
};
const bits32Of = (value: number): number => {
  cell.setFloat32(0, value);
  return cell.getInt32(0);
};
const valueOf32 = (bits: number): number => {
  cell.setInt32(0, bits);
  return cell.getFloat32(0);
};

const any64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.double().map(bitsOf),
  fc.integer({ min: -100, max: 100 }).map(bitsOf),
);
const any32 = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.float().map(bits32Of));
const OPTIONS = { seed: 1, numRuns: 3000 };
const NAN = 0x7ff8000000000000n;
const flags = () => ({ flags: 0 });

const OPERATIONS = ['add', 'sub', 'mul', 'div'] as const;
const HOST = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
} as const;

describe('to nearest it is the host’s arithmetic', () => {
  test.each(OPERATIONS)('double %s', (name) => {
    fc.assert(
      fc.property(any64, any64, (a, b) => {
        const host = HOST[name](valueOf64(a), valueOf64(b));
        expect(soft64[name](a, b, RM.RNE, flags())).toBe(Number.isNaN(host) ? NAN : bitsOf(host));
      }),
      OPTIONS,
    );
  });

  // A double holds enough bits for the single result of one operation to be rounded twice without harm.
  test.each(OPERATIONS)('single %s', (name) => {
    fc.assert(
      fc.property(any32, any32, (a, b) => {
        const host = Math.fround(HOST[name](valueOf32(a), valueOf32(b)));
        expect(soft32[name](a, b, RM.RNE, flags())).toBe(Number.isNaN(host) ? 0x7fc00000 : bits32Of(host));
      }),
      OPTIONS,
    );
  });

  test('square root, narrowing and widening', () => {
    fc.assert(
      fc.property(any64, any32, (a, b) => {
        const root = Math.sqrt(valueOf64(a));
        expect(soft64.sqrt(a, RM.RNE, flags())).toBe(Number.isNaN(root) ? NAN : bitsOf(root));
        const narrow = Math.fround(valueOf64(a));
        expect(softNarrow(a, RM.RNE, flags())).toBe(Number.isNaN(narrow) ? 0x7fc00000 : bits32Of(narrow));
        const wide = valueOf32(b);
        expect(softWiden(b, flags())).toBe(Number.isNaN(wide) ? NAN : bitsOf(wide));
      }),
      OPTIONS,
    );
  });
});

describe('directed modes', () => {
  test('bracket the exact result, and agree where it is exact', () => {
    fc.assert(
      fc.property(any64, any64, fc.constantFrom(...OPERATIONS), (a, b, name) => {
        const [down, up, out] = [flags(), flags(), flags()];
        const low = valueOf64(soft64[name](a, b, RM.RDN, down));
        const high = valueOf64(soft64[name](a, b, RM.RUP, up));
        const nearest = valueOf64(soft64[name](a, b, RM.RNE, out));
        if (Number.isNaN(nearest)) return;
        expect(low <= nearest && nearest <= high).toBe(true);
        expect(low === high).toBe((out.flags & FLAG.NX) === 0);
        const toward = valueOf64(soft64[name](a, b, RM.RTZ, flags()));
        expect(toward).toBe(Math.abs(low) < Math.abs(high) ? low : high);
      }),
      OPTIONS,
    );
  });
});

describe('flags', () => {
  const MAX = 0x7fefffffffffffffn;
  const LEAST = 1n;
  const ONE = bitsOf(1);
  const raised = (f: (out: { flags: number }) => unknown): number => {
    const out = flags();
    f(out);
    return out.flags;
  };

  test.each([
    ['overflow', (out) => soft64.add(MAX, MAX, RM.RNE, out), FLAG.OF | FLAG.NX],
    ['underflow', (out) => soft64.mul(LEAST, bitsOf(0.5), RM.RNE, out), FLAG.UF | FLAG.NX],
    ['an exact subnormal', (out) => soft64.mul(bitsOf(2 ** -1000), bitsOf(2 ** -50), RM.RNE, out), 0],
    ['division by zero', (out) => soft64.div(ONE, 0n, RM.RNE, out), FLAG.DZ],
    ['zero by zero', (out) => soft64.div(0n, 0n, RM.RNE, out), FLAG.NV],
    ['a quiet NaN', (out) => soft64.add(NAN, ONE, RM.RNE, out), 0],
    ['a signaling NaN', (out) => soft64.add(0x7ff0000000000001n, ONE, RM.RNE, out), FLAG.NV],
    ['comparing for order with a quiet NaN', (out) => soft64.lt(NAN, ONE, out), FLAG.NV],
    ['comparing for equality with a quiet NaN', (out) => soft64.eq(NAN, ONE, out), 0],
    ['∞ × 0 + quiet NaN', (out) => soft64.fma(0x7ff0000000000000n, 0n, NAN, RM.RNE, out), FLAG.NV],
    ['an integer out of range', (out) => soft64.toInt(bitsOf(2 ** 40), 'w', RM.RNE, out), FLAG.NV],
    ['a fraction to an integer', (out) => soft64.toInt(bitsOf(1.5), 'w', RM.RNE, out), FLAG.NX],
    // The largest subnormal plus a bit rounds to the least normal number: not tiny after rounding.
    [
      'tininess after rounding',
      (out) => soft64.mul(0x000fffffffffffffn, bitsOf(1 + 2 ** -52), RM.RUP, out),
      FLAG.NX,
    ],
  ] as readonly (readonly [string, (out: { flags: number }) => unknown, number])[])('%s', (_, f, expected) =>
    expect(raised(f)).toBe(expected),
  );
});

test('conversions saturate', () => {
  expect(soft64.toInt(NAN, 'w', RM.RTZ, flags())).toBe(2n ** 31n - 1n);
  expect(soft64.toInt(NAN, 'lu', RM.RTZ, flags())).toBe(-1n);
  expect(soft64.toInt(bitsOf(-5), 'wu', RM.RTZ, flags())).toBe(0n);
  expect(soft64.toInt(bitsOf(3e9), 'wu', RM.RTZ, flags()), 'a word is sign-extended').toBe(
    3000000000n - 2n ** 32n,
  );
  expect(soft64.fromInt(-1n, 'lu', RM.RNE, flags())).toBe(bitsOf(2 ** 64));
  expect(soft64.fromInt(2n ** 64n - 1n, 'l', RM.RNE, flags())).toBe(bitsOf(-1));
});

test('bitLength counts bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 200n }), (n) => {
      expect(bitLength(n)).toBe(n.toString(2).length);
    }),
    OPTIONS,
  );
});
