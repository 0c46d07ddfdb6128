/** Arguments of system calls that nobody means, and some that somebody could: what the hostile program passes. */
import type { Arg } from '../../src/kernel/index.ts';
import { fd, int, mode, path, size, uint } from '../../src/syscalls/args.ts';

/** A seeded generator of whole numbers below a bound (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1);
  }

  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** Where the program's memory lies: structures that make sense, words that may, and pages that cannot. */
export const ARENA = 0x400000;
export const SENSIBLE = ARENA;
export const RANDOM = ARENA + 0x1000;
export const ARENA_SIZE = 0x8000;
export const READ_ONLY = 0x420000;
/** The first byte after a page that holds no zero; nothing is mapped there. */
export const EDGE = 0x431000;
export const CODE = 0x10000;
const AT_FDCWD = 2n ** 64n - 100n;

/** Numbers that calls stumble over. */
const EDGES: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 8n, 16n, 24n, 64n, 4095n, 4096n, 65536n, 2n ** 20n],
  ...[31n, 32n, 38n, 53n, 62n, 63n, 64n].flatMap((n) => [2n ** n - 1n, 2n ** n, 2n ** n + 2n]),
  ...[2n ** 38n - 8n, 2n ** 40n + 3n, 2n ** 52n, 2n ** 64n - 4096n, 2n ** 64n - 2n],
].map((value) => BigInt.asUintN(64, value));
const LENGTHS = [0n, 1n, 4n, 8n, 12n, 16n, 24n, 32n, 48n, 56n, 64n, 88n, 104n, 128n, 256n, 4096n, 65536n];

/** Bits or values of an argument that have a name: those a call knows. */
function namesOf(arg: Arg<unknown>): readonly bigint[] {
  const isNamed = (value: number): boolean => {
    try {
      return /^[A-Z_]/.test(arg.show(value, undefined as never, null));
    } catch {
      return false;
    }
  };
  const values = [
    ...Array.from({ length: 130 }, (_, n) => n),
    ...Array.from({ length: 32 }, (_, n) => 1 << n),
  ];
  return [...new Set(values.filter(isNamed))].map((value) => BigInt(value >>> 0));
}
const known = new Map<Arg<unknown>, readonly bigint[]>();

/** Makes arguments of one kind or another. */
export class Arguments {
  readonly dice: Dice;
  readonly #strings: readonly number[];

  constructor(dice: Dice, strings: readonly number[]) {
    this.dice = dice;
    this.#strings = strings;
  }

  /** For a declared argument: most often of its kind. */
  of(arg: Arg<unknown>): bigint {
    const { dice } = this;
    if (dice.below(12) === 0) return this.any();
    if (arg === fd) return this.descriptor();
    if (arg === path) return this.path();
    if (arg === size) return dice.below(4) === 0 ? dice.pick(EDGES) : dice.pick(LENGTHS);
    if (arg === mode) return BigInt(dice.below(0o10000));
    if (arg === int || arg === uint) return this.small();
    const names = known.get(arg) ?? namesOf(arg);
    known.set(arg, names);
    if (names.length > 0) return this.named(names);
    return dice.below(5) > 0 ? this.pointer() : this.flags();
  }

  /** One or several of the values a call knows. */
  named(names: readonly bigint[]): bigint {
    const { dice } = this;
    if (dice.below(3) === 0) return 0n;
    let value = dice.pick(names);
    for (let n = dice.below(3); n > 0; n--) value |= dice.pick(names);
    return value;
  }

  any(): bigint {
    const { dice } = this;
    const random = () => BigInt(dice.below(2 ** 32)) * 2n ** 32n + BigInt(dice.below(2 ** 32));
    const edge = () => dice.pick(EDGES);
    const kinds = [this.descriptor, this.path, this.pointer, this.flags, this.small, edge, random];
    return dice.pick(kinds).call(this);
  }

  descriptor(): bigint {
    const { dice } = this;
    if (dice.below(12) > 0) return BigInt(dice.below(28));
    return dice.pick([AT_FDCWD, 2n ** 64n - 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 40n + 3n, 1000n, 1024n]);
  }

  path(): bigint {
    return this.dice.below(12) === 0 ? this.pointer() : BigInt(this.dice.pick(this.#strings));
  }

  pointer(): bigint {
    const { dice } = this;
    const near = BigInt(RANDOM + dice.below((ARENA_SIZE - 0x1000) / 8) * 8);
    if (dice.below(6) > 0) return near;
    const edge = BigInt(EDGE - dice.pick([1, 4, 7, 8, 16, 100, 4096]));
    return dice.pick([0n, near + 1n, near + 5n, BigInt(READ_ONLY + 16), edge, BigInt(CODE), ...EDGES]);
  }

  /** A multiple of the page size, in memory that is there or near it. */
  page(): bigint {
    const { dice } = this;
    if (dice.below(8) === 0) return this.pointer();
    const starts = [
      0x10000,
      ARENA,
      READ_ONLY,
      EDGE - 0x1000,
      0x10000000,
      0x10001000,
      0x10200000,
      0x3fffe00000,
    ];
    return BigInt(dice.pick(starts) + 0x1000 * dice.below(8));
  }

  pages(): bigint {
    const { dice } = this;
    if (dice.below(12) === 0) return dice.pick(EDGES);
    return BigInt(0x1000 * dice.pick([1, 2, 3, 8, 64, 513, 4096]));
  }

  flags(): bigint {
    const { dice } = this;
    let bits = 0n;
    for (let n = dice.below(4); n > 0; n--) bits |= 1n << BigInt(dice.below(dice.below(4) === 0 ? 64 : 24));
    return dice.below(20) === 0 ? 2n ** 32n - 1n : bits;
  }

  small(): bigint {
    const { dice } = this;
    return dice.below(6) === 0 ? dice.pick(EDGES) : BigInt(dice.below(dice.pick([3, 12, 66, 1100])));
  }

  /** A word of a structure: mostly small, so that times, sizes and counts make sense now and then. */
  word(): bigint {
    const { dice } = this;
    if (dice.below(3) > 0) return BigInt(dice.below(dice.pick([2, 4, 30, 1000])));
    const pair = BigInt(dice.below(28)) * 2n ** 32n + BigInt(dice.below(28));
    return dice.pick([this.pointer(), this.path(), this.flags(), this.any(), pair]);
  }
}
