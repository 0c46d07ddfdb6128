/** The slow path of floating point: exact software arithmetic, called from WebAssembly by number. */
import {
  type Flags,
  type IntFormat,
  type SoftFloat,
  soft32,
  soft64,
  softNarrow,
  softWiden,
} from '../isa/index.ts';

type Bits = bigint;
type Soft = (a: Bits, b: Bits, c: Bits, rm: number, out: Flags) => Bits;

const INTEGERS: readonly IntFormat[] = ['w', 'wu', 'l', 'lu'];

function operations<B>(
  f: SoftFloat<B>,
  from: (a: Bits) => B,
  to: (a: B) => Bits,
): [name: string, run: Soft][] {
  const bool = (yes: boolean) => (yes ? 1n : 0n);
  return [
    ['add', (a, b, _, rm, out) => to(f.add(from(a), from(b), rm, out))],
    ['mul', (a, b, _, rm, out) => to(f.mul(from(a), from(b), rm, out))],
    ['div', (a, b, _, rm, out) => to(f.div(from(a), from(b), rm, out))],
    ['sqrt', (a, _, __, rm, out) => to(f.sqrt(from(a), rm, out))],
    ['fma', (a, b, c, rm, out) => to(f.fma(from(a), from(b), from(c), rm, out))],
    ['min', (a, b, _, __, out) => to(f.min(from(a), from(b), out))],
    ['max', (a, b, _, __, out) => to(f.max(from(a), from(b), out))],
    ['eq', (a, b, _, __, out) => bool(f.eq(from(a), from(b), out))],
    ['lt', (a, b, _, __, out) => bool(f.lt(from(a), from(b), out))],
    ['le', (a, b, _, __, out) => bool(f.le(from(a), from(b), out))],
    ['class', (a) => BigInt(f.classify(from(a)))],
    ...INTEGERS.flatMap((integer): [string, Soft][] => [
      [`to.${integer}`, (a, _, __, rm, out) => f.toInt(from(a), integer, rm, out)],
      [`from.${integer}`, (a, _, __, rm, out) => to(f.fromInt(a, integer, rm, out))],
    ]),
  ];
}

const ROWS: readonly (readonly [name: string, run: Soft])[] = [
  ...operations(soft32, (a) => Number(BigInt.asIntN(32, a)), BigInt).map(
    ([name, run]) => [`f32.${name}`, run] as const,
  ),
  ...operations(
    soft64,
    (a) => a,
    (a) => a,
  ).map(([name, run]) => [`f64.${name}`, run] as const),
  ['widen', (a, _, __, ___, out) => softWiden(Number(BigInt.asIntN(32, a)), out)],
  ['narrow', (a, _, __, rm, out) => BigInt(softNarrow(a, rm, out))],
];

const NUMBERS: ReadonlyMap<string, number> = new Map(ROWS.map(([name], number) => [name, number]));

/** The number WebAssembly calls a slow operation by. */
export const softNumber = (name: string): number => NUMBERS.get(name)!;

/** Runs one; flags are or-ed into `out`. */
export const runSoft = (number: number, a: Bits, b: Bits, c: Bits, rm: number, out: Flags): Bits =>
  ROWS[number]![1](a, b, c, rm, out);
