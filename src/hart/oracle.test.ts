import { expect, test } from 'vitest';
import { nextU32, seededRandom } from '../base/index.ts';
import { INSNS, SHORT_INSNS } from '../isa/index.ts';
import { newPair, runBoth } from './fixture.ts';
import { aimAtMemory, randomRegisters, randomWord } from './random-state.ts';

const TRIES = 60;
const bytesOf = (word: number) => new Uint8Array(Uint32Array.of(word).buffer);

test.each([...INSNS, ...SHORT_INSNS].map((row) => [row.name, row] as const))(
  '%s does what the oracle says',
  (name, row) => {
    const random = seededRandom(row.pattern.match ^ row.pattern.size);
    const pair = shared;
    for (let i = 0; i < TRIES; i++) {
      const word = randomWord(random, row);
      if (word === undefined) continue;
      randomRegisters(random, pair.oracle);
      if (nextU32(random) % 4 !== 0) aimAtMemory(random, pair.oracle, word);
      const at = 0x10000 + 2 * (nextU32(random) % 4095);
      pair.write(at, bytesOf(word).subarray(0, row.pattern.size));
      pair.oracle.pc = BigInt(at);
      const before = `f: ${[...pair.oracle.f].map((v) => v.toString(16)).join(' ')} x: ${[...pair.oracle.x].map((v) => v.toString(16)).join(' ')} frm ${pair.oracle.frm} fflags ${pair.oracle.flags}`;
      const found = runBoth(pair, 1);
      expect(found, `${name} ${word.toString(16)} at ${at.toString(16)}; ${before}`).toEqual([]);
    }
  },
);

const shared = newPair();
