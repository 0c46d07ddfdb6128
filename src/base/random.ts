/** The machine's entropy: xoshiro128** over four plain words, so that a snapshot copies it. */
export interface Random {
  readonly state: Uint32Array;
}

/** Seeds with splitmix32, as the generator's authors advise: similar seeds give unrelated streams. */
export function seededRandom(seed: number): Random {
  const state = new Uint32Array(4);
  let z = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    z = (z + 0x9e3779b9) >>> 0;
    let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    state[i] = t ^ (t >>> 15);
  }
  state[3]! ^= Math.floor(seed / 2 ** 32);
  return { state };
}

const rotl = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;

/** The next 32 bits, as an unsigned number. */
export function nextU32({ state: s }: Random): number {
  const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0;
  const t = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= t;
  s[3] = rotl(s[3]!, 11);
  return result;
}

export function fillRandom(random: Random, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 4) {
    let word = nextU32(random);
    for (let k = i; k < Math.min(i + 4, bytes.length); k++, word >>>= 8) bytes[k] = word;
  }
}
