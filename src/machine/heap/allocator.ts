/** The allocator's functions in a program or library: where they begin, and what their arguments say. */
import type { ElfSymbol } from '../../elf/index.ts';

/** What a call asks for, by its first arguments. */
export interface Allocating {
  readonly name: string;
  /** Bytes asked for; 0 gives the old block back when `old` says where that is. */
  readonly size: (a0: number, a1: number, a2: number) => number;
  /** Which argument is a block that the call replaces. */
  readonly replaces: boolean;
  /** The new block's address comes as the result, or in the word that the first argument points to. */
  readonly gives: 'result' | 'word';
  /** It fills the block with zeros. */
  readonly clears: boolean;
}

const gives = (
  name: string,
  size: Allocating['size'],
  rest: Partial<Pick<Allocating, 'replaces' | 'gives' | 'clears'>> = {},
): Allocating => ({ name, size, replaces: false, gives: 'result', clears: false, ...rest });

/** man 3 malloc, man 3 posix_memalign */
const ALLOCATING: readonly Allocating[] = [
  gives('malloc', (size) => size),
  gives('calloc', (count, size) => count * size, { clears: true }),
  gives('realloc', (_, size) => size, { replaces: true }),
  gives('memalign', (_, size) => size),
  gives('aligned_alloc', (_, size) => size),
  gives('posix_memalign', (_at, _alignment, size) => size, { gives: 'word' }),
  gives('valloc', (size) => size),
  gives('pvalloc', (size) => size),
];

/** More of them than an allocator has names: the file is made up. */
const MOST_FUNCTIONS = 64;

/** A function that is watched: one that gives memory, or the one that takes it back. */
export type Watched = Allocating | 'free';

const BY_NAME: ReadonlyMap<string, Watched> = new Map<string, Watched>([
  ...ALLOCATING.map((each) => [each.name, each] as const),
  ['free', 'free'],
  ['cfree', 'free'],
]);

/** The functions among a file's symbols, by address; none when the file has no allocator of its own. */
export function allocatorIn(symbols: readonly ElfSymbol[]): ReadonlyMap<number, Watched> {
  const found = new Map<number, Watched>();
  for (const { name, type, address } of symbols) {
    const watched = type === 'function' ? BY_NAME.get(name) : undefined;
    if (watched !== undefined) found.set(address, watched);
  }
  if (found.size > MOST_FUNCTIONS) return new Map();
  const names = new Set([...found.values()].map((each) => (each === 'free' ? each : each.name)));
  return names.has('malloc') && names.has('free') ? found : new Map();
}

/** The dynamic loader brings a small allocator for its own beginning, and then uses the C library's. */
export const isLoader = (file: string): boolean => /(^|\/)ld-(linux[^/]*|\d[^/]*)\.so/.test(file);
