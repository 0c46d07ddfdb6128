/** Finds a Debian mirror in apt's configuration: deb822 `.sources` and one-line `.list` files. man 5 sources.list. */
import { parseParagraph, splitParagraphs } from './control.ts';

export interface ConfigurationFile {
  readonly name: string;
  readonly text: string;
}

interface AptSource {
  readonly types: string;
  readonly uris: string;
  readonly suites: string;
  readonly signedBy: string;
}

/** Addresses of Debian archives, most fit first, without the security archive, which has no base packages. */
export function mirrorsFromApt(files: readonly ConfigurationFile[]): readonly string[] {
  const found: string[] = [];
  for (const { name, text } of files)
    for (const source of name.endsWith('.sources') ? deb822Sources(text) : oneLineSources(text))
      if (isDebianArchive(source))
        for (const uri of source.uris.split(/\s+/)) if (isFetchable(uri)) found.push(uri.replace(/\/+$/, ''));
  return [...new Set(found)];
}

/** `mirror+file:/path` names a file whose lines are mirrors; gives that path. man 1 apt-transport-mirror. */
export const mirrorListPath = (uri: string): string | undefined =>
  /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];

const isFetchable = (uri: string): boolean => /^https?:\/\//.test(uri) || mirrorListPath(uri) !== undefined;

/** A source counts when its path ends in debian or its key is Debian's, and it is no side archive. */
function isDebianArchive({ types, uris, suites, signedBy }: AptSource): boolean {
  if (!types.split(/\s+/).includes('deb') || /-(security|backports)\b/.test(suites.split(/\s+/)[0] ?? ''))
    return false;
  return /\/debian\/?(\s|$)/.test(`${uris} `) || /debian-archive-/.test(signedBy);
}

function* deb822Sources(text: string): Generator<AptSource> {
  for (const part of splitParagraphs(text.replace(/^#.*\n?/gm, ''))) {
    const fields = parseParagraph(part);
    if (/^(no|false|0|off|disable|without)$/.test(fields.get('enabled') ?? '')) continue;
    yield {
      types: fields.get('types') ?? '',
      uris: fields.get('uris') ?? '',
      suites: fields.get('suites') ?? '',
      signedBy: fields.get('signed-by') ?? '',
    };
  }
}

function* oneLineSources(text: string): Generator<AptSource> {
  for (const line of text.split('\n')) {
    const match = /^\s*(deb)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (match) yield { types: match[1]!, signedBy: match[2] ?? '', uris: match[3]!, suites: match[4]! };
  }
}
