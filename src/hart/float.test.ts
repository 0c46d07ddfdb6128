import { expect, test } from 'vitest';
import { nextU32, type Random, seededRandom } from '../base/index.ts';
import { BY_NAME, encode, INSNS, type Insn, soft64 } from '../isa/index.ts';
import { newPair, runBoth } from './fixture.ts';
import { randomFloat, randomInteger } from './random-state.ts';

const ROWS = INSNS.filter(({ extension }) => extension === 'F' || extension === 'D');
const MODES = [0, 1, 2, 3, 4, 7];
const TRIES = 40;

const roundingModes = (row: Insn) => (row.operands.some(({ name }) => name === 'rm') ? MODES : [0]);

test.each(ROWS.map((row) => [row.name, row] as const))('%s rounds and raises flags exactly', (name, row) => {
  const random = seededRandom(row.pattern.match);
  for (const rm of roundingModes(row)) {
    const word = encode(row, { fd: 1, fs1: 2, fs2: 3, fs3: 4, rd: 5, rs1: 6, rm }) as number;
    shared.write(0x10000, new Uint8Array(Uint32Array.of(word).buffer));
    for (let i = 0; i < TRIES; i++) {
      const { oracle } = shared;
      for (const f of [2, 3, 4]) oracle.f[f] = randomFloat(random);
      if (i % 8 === 0) oracle.f[4] = oracle.f[2]! ^ (1n << 63n);
      oracle.x[6] = randomInteger(random);
      oracle.flags = i % 3 === 0 ? 0 : i % 3 === 1 ? 1 : nextU32(random) & 31;
      oracle.frm = rm === 7 ? i % 5 : 0;
      oracle.pc = 0x10000n;
      const inputs = [2, 3, 4].map((f) => oracle.f[f]!.toString(16));
      const before = `${name} rm ${rm} frm ${oracle.frm} of ${inputs} x ${oracle.x[6].toString(16)}`;
      expect(runBoth(shared, 1), before).toEqual([]);
    }
  }
});

const shared = newPair();

/** A double near one, with few or many bits. */
function nearOne(random: Random): bigint {
  const exponent = BigInt(1020 + (nextU32(random) % 6));
  const any = ((BigInt(nextU32(random)) << 32n) | BigInt(nextU32(random))) & (2n ** 52n - 1n);
  const some = nextU32(random) % 3 === 0 ? any : 1n << BigInt(nextU32(random) % 52);
  return (BigInt(nextU32(random) & 1) << 63n) | (exponent << 52n) | some;
}

test('a fused product and sum is right where one bit decides', () => {
  const random = seededRandom(7);
  const { oracle } = shared;
  shared.write(
    0x10000,
    new Uint8Array(
      Uint32Array.of(encode(BY_NAME.get('fmadd.d')!, { fd: 1, fs1: 2, fs2: 3, fs3: 4, rm: 0 }) as number)
        .buffer,
    ),
  );
  for (let i = 0; i < 4000; i++) {
    const [a, b] = [nearOne(random), nearOne(random)];
    const product = soft64.mul(a, b, 0, { flags: 0 });
    // Near the product's negative, half a unit below it, or so large that the product is half a unit of it.
    const scale = [0n, -54n, -53n, -52n, 52n, 53n, 54n][i % 7]!;
    const sign = BigInt(nextU32(random) & 1) << 63n;
    oracle.f[2] = a;
    oracle.f[3] = b;
    oracle.f[4] = BigInt.asUintN(64, (product ^ sign) + (scale << 52n) + BigInt(nextU32(random) % 3) - 1n);
    oracle.flags = nextU32(random) & 1;
    oracle.frm = 0;
    oracle.pc = 0x10000n;
    const inputs = [2, 3, 4].map((f) => oracle.f[f]!.toString(16));
    expect(runBoth(shared, 1), inputs.join(' ')).toEqual([]);
  }
});
