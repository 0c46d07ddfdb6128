/** A divergence in words: the instruction, who executed it, and what differs. */
import { isElfError, parseElf, symbols } from '../elf/index.ts';
import { disassembleWord, F_NAMES, X_NAMES } from '../isa/index.ts';
import type { Divergence, Executed } from '../machine/index.ts';
import { bytesAt } from './layer-path.ts';
import type { Visible } from './visible.ts';

/** Differences shown; the rest is counted. */
const MOST_SHOWN = 24;

/** The lines to print. */
export function tellDivergence(
  { alike, differ, isByPlace, executed, differences }: Divergence,
  names: readonly [string, string],
  visible: Pick<Visible, 'layers' | 'mounts'>,
): string {
  const lines = [
    isByPlace
      ? `the programs stand at the same places for ${alike} instructions`
      : `the runs are alike for ${alike} instructions`,
    differ - alike === 1
      ? `the first one that differs is number ${differ}:`
      : `they differ after ${differ}; where in between depends on where the run is cut. First there is:`,
    ...(executed === null ? ['  no program executed anything'] : tellExecuted(executed, visible)),
    '',
    ...differences
      .slice(0, MOST_SHOWN)
      .flatMap(({ what, first, second }) => [
        `  ${named(what)}`,
        `    ${names[0].padEnd(12)} ${first}`,
        `    ${names[1].padEnd(12)} ${second}`,
      ]),
  ];
  if (differences.length > MOST_SHOWN) lines.push(`  and ${differences.length - MOST_SHOWN} more`);
  return `${lines.join('\n')}\n`;
}

function tellExecuted(executed: Executed, visible: Pick<Visible, 'layers' | 'mounts'>): string[] {
  const { tid, comm, pc, word, map } = executed;
  const symbol = symbolOf(executed, visible);
  const text = word === undefined ? 'nothing is mapped there' : disassembleWord(word, pc).replace('\t', ' ');
  const where = `0x${pc.toString(16)}${symbol === undefined ? '' : ` <${symbol}>`}`;
  const place = map === undefined ? '' : `  in ${map.name === '' ? 'anonymous memory' : map.name}`;
  return [`  task ${tid} (${comm})${place}`, `  ${where}: ${text}`];
}

/** Registers by the names of the calling convention. */
const named = (what: string): string =>
  what.replace(
    /: ([xf])(\d+)$/,
    (_, kind: string, n: string) => `: ${(kind === 'x' ? X_NAMES : F_NAMES)[Number(n)]}`,
  );

/** The function and the offset in it. */
function symbolOf(
  { pc, map }: Executed,
  { layers, mounts }: Pick<Visible, 'layers' | 'mounts'>,
): string | undefined {
  if (map === undefined || !map.name.startsWith('/')) return undefined;
  const mount = Object.keys(mounts).findLast((path) => map.name.startsWith(`${path}/`));
  const bytes =
    mount === undefined
      ? bytesAt({ layers }, map.name)
      : bytesAt({ layers: [mounts[mount]!] }, map.name.slice(mount.length));
  const address = bytes && addressIn(bytes, pc - map.start + map.offset);
  if (address === undefined) return undefined;
  const before = symbols(bytes!).filter((symbol) => symbol.type === 'function' && symbol.address <= address);
  const nearest = before.sort((a, b) => a.address - b.address).at(-1);
  return nearest && `${nearest.name}+0x${(address - nearest.address).toString(16)}`;
}

/** The address, before relocation, of a byte of an ELF file. */
function addressIn(bytes: Uint8Array, offset: number): number | undefined {
  const read = (from: number, length: number) =>
    from + length <= bytes.length ? bytes.subarray(from, from + length) : undefined;
  const image = parseElf(read, bytes.length);
  if (isElfError(image)) return undefined;
  const segment = image.segments.find(
    (each) => offset >= each.offset && offset < each.offset + each.fileSize,
  );
  return segment && segment.address + offset - segment.offset;
}
