/** A Packages file as a table by name. Only the paragraphs that are asked for are parsed: a suite has 68 000. */
import { parseParagraph, splitParagraphs } from './control.ts';

/** `a | b`: any of these names will do. */
export type Alternatives = readonly string[];

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Where the .deb lies below the mirror's address. */
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly priority: string;
  /** Pre-Depends before Depends, as dpkg would need them. */
  readonly depends: readonly Alternatives[];
}

export interface PackageIndex {
  readonly paragraphs: ReadonlyMap<string, string>;
  /** Virtual name to the packages that provide it, in the file's order. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
}

export function parsePackages(text: string): PackageIndex {
  const paragraphs = new Map<string, string>();
  const providers = new Map<string, string[]>();
  for (const paragraph of splitParagraphs(text)) {
    const name = field(paragraph, 'Package');
    if (!name || paragraphs.has(name)) continue;
    paragraphs.set(name, paragraph);
    for (const [virtual] of parseDepends(field(paragraph, 'Provides'))) {
      const list = providers.get(virtual!);
      if (list) list.push(name);
      else providers.set(virtual!, [name]);
    }
  }
  return { paragraphs, providers };
}

export function findPackage(index: PackageIndex, name: string): Package | undefined {
  const paragraph = index.paragraphs.get(name);
  if (paragraph === undefined) return undefined;
  const fields = parseParagraph(paragraph);
  return {
    name,
    version: fields.get('version') ?? '',
    architecture: fields.get('architecture') ?? '',
    filename: fields.get('filename') ?? '',
    size: Number(fields.get('size')),
    sha256: fields.get('sha256') ?? '',
    priority: fields.get('priority') ?? 'optional',
    depends: [...parseDepends(fields.get('pre-depends') ?? ''), ...parseDepends(fields.get('depends') ?? '')],
  };
}

/** `a (>= 1) | b, c:any` as names. Versions are dropped: a suite has one version of each package. */
export function parseDepends(text: string): Alternatives[] {
  return text
    .split(',')
    .map((group) => group.split('|').map((one) => one.trim().replace(/[\s(:[<].*$/s, '')))
    .filter((group) => group[0] !== '');
}

function field(paragraph: string, name: string): string {
  const start = paragraph.startsWith(`${name}: `) ? 0 : paragraph.indexOf(`\n${name}: `) + 1;
  if (start === 0 && !paragraph.startsWith(`${name}: `)) return '';
  const from = start + name.length + 2;
  const end = paragraph.indexOf('\n', from);
  return paragraph.slice(from, end < 0 ? undefined : end).trim();
}
