/** A 64-bit non-cryptographic running hash (two interleaved FNV-1a style lanes over 32-bit words). */
export interface Hash {
  readonly lanes: Uint32Array;
}

export const newHash = (): Hash => ({ lanes: Uint32Array.of(0x811c9dc5, 0xcbf29ce4) });

export function hashWord({ lanes }: Hash, word: number): void {
  let a = Math.imul(lanes[0]! ^ word, 0x01000193);
  a ^= a >>> 15;
  let b = Math.imul(lanes[1]! ^ word ^ a, 0x85ebca6b);
  b ^= b >>> 13;
  lanes[0] = a;
  lanes[1] = b;
}

/** Hashes a safe integer (or any finite double, by its integer halves). */
export function hashNumber(hash: Hash, value: number): void {
  hashWord(hash, value | 0);
  hashWord(hash, Math.floor(value / 2 ** 32) | 0);
}

export function hashWords(hash: Hash, words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) hashWord(hash, words[i]!);
}

export function hashText(hash: Hash, text: string): void {
  hashWord(hash, text.length);
  for (let i = 0; i < text.length; i++) hashWord(hash, text.charCodeAt(i));
}

export const hashHex = ({ lanes }: Hash): string =>
  [...lanes].map((word) => word.toString(16).padStart(8, '0')).join('');
