/** Names for addresses: sections and symbols of a whole file in memory, for views and disassembly. */
import { decodeUtf8 } from '../base/index.ts';
import {
  EHDR_SIZE,
  SHDR_SIZE,
  SHN_ABS,
  SHT_DYNSYM,
  SHT_SYMTAB,
  STT_FUNC,
  STT_GNU_IFUNC,
  STT_NOTYPE,
  STT_OBJECT,
  SYM_SIZE,
  viewOf,
  word64,
} from './format.ts';
import type { ElfSection, ElfSymbol } from './types.ts';

const TYPES: Readonly<Record<number, ElfSymbol['type']>> = {
  [STT_NOTYPE]: 'label',
  [STT_OBJECT]: 'object',
  [STT_FUNC]: 'function',
  [STT_GNU_IFUNC]: 'function',
};

/** The sections of a 64-bit little-endian ELF file; none when it has no (sound) section table. */
export function sections(bytes: Uint8Array): readonly ElfSection[] {
  if (bytes.length < EHDR_SIZE) return [];
  const view = viewOf(bytes);
  const table = word64(view, 40) ?? 0;
  const count = view.getUint16(60, true);
  const isSound = view.getUint16(58, true) === SHDR_SIZE && table + count * SHDR_SIZE <= bytes.length;
  if (view.getUint32(0) !== 0x7f454c46 || table === 0 || !isSound) return [];
  const raw = Array.from({ length: count }, (_, i) => sectionAt(view, table + i * SHDR_SIZE));
  const names = raw[view.getUint16(62, true)];
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: textAt(bytes, names, nameAt) }));
}

function sectionAt(view: DataView, at: number): Omit<ElfSection, 'name'> & { nameAt: number } {
  return {
    nameAt: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    flags: word64(view, at + 8) ?? 0,
    address: word64(view, at + 16) ?? 0,
    offset: word64(view, at + 24) ?? 0,
    size: word64(view, at + 32) ?? 0,
    link: view.getUint32(at + 40, true),
    entrySize: word64(view, at + 56) ?? 0,
  };
}

function textAt(
  bytes: Uint8Array,
  strings: Pick<ElfSection, 'offset' | 'size'> | undefined,
  at: number,
): string {
  if (strings === undefined || at >= strings.size) return '';
  const from = strings.offset + at;
  const limit = Math.min(strings.offset + strings.size, bytes.length);
  const end = bytes.indexOf(0, from);
  return from >= limit ? '' : decodeUtf8(bytes, from, end < 0 || end > limit ? limit : end);
}

/** The bytes of a section, empty when it has none in the file. */
export function sectionBytes(bytes: Uint8Array, { offset, size }: ElfSection): Uint8Array {
  return bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + size, bytes.length));
}

/** Named functions, objects and labels, sorted by address; of the dynamic ones alone when it was stripped. */
export function symbols(bytes: Uint8Array): readonly ElfSymbol[] {
  const all = sections(bytes);
  const table = all.find(({ type }) => type === SHT_SYMTAB) ?? all.find(({ type }) => type === SHT_DYNSYM);
  if (table === undefined) return [];
  const view = viewOf(sectionBytes(bytes, table));
  const strings = all[table.link];
  const found: ElfSymbol[] = [];
  for (let at = 0; at + SYM_SIZE <= view.byteLength; at += SYM_SIZE) {
    const type = TYPES[view.getUint8(at + 4) & 15];
    const section = view.getUint16(at + 6, true);
    const name = textAt(bytes, strings, view.getUint32(at, true));
    const address = word64(view, at + 8);
    // Mapping symbols ($x, $d) and local labels name nothing a reader knows.
    const isNoise = name === '' || name.startsWith('$') || name.startsWith('.L');
    if (type === undefined || address === undefined || isNoise || section === 0 || section === SHN_ABS)
      continue;
    found.push({
      name,
      address,
      size: word64(view, at + 16) ?? 0,
      type,
      global: view.getUint8(at + 4) >> 4 !== 0,
    });
  }
  return found.sort(byAddress);
}

/** At one address the best name comes last, where the lookup finds it: sized before unsized, global before local. */
const byAddress = (a: ElfSymbol, b: ElfSymbol): number =>
  a.address - b.address || rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const rank = ({ type, size, global }: ElfSymbol): number =>
  (type === 'label' ? 0 : 4) + (size > 0 ? 2 : 0) + (global ? 1 : 0);

/** The symbol an address belongs to, and how far into it: `main+0x1c`. */
export function symbolAt(
  sorted: readonly ElfSymbol[],
  address: number,
): { readonly symbol: ElfSymbol; readonly offset: number } | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.address > address) high = middle;
    else low = middle + 1;
  }
  const symbol = sorted[low - 1];
  if (symbol === undefined) return undefined;
  const offset = address - symbol.address;
  return symbol.size > 0 && offset >= symbol.size ? undefined : { symbol, offset };
}
