/** Which mirror to fetch from: what the user says, else what this machine's apt uses. No host is built in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, problem } from '../base/index.ts';
import { mirrorListPath, mirrorsFromApt } from '../image/index.ts';

export interface MirrorChoice {
  readonly mirror?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where apt's configuration lies. */
  readonly apt?: string | undefined;
}

/** The mirror's address without a slash at its end: `--mirror`, TIMESLICE_MIRROR, apt's sources, in this order. */
export function chooseMirror({
  mirror,
  env = process.env,
  apt = '/etc/apt',
}: MirrorChoice): string | Problem {
  const said = mirror ?? env['TIMESLICE_MIRROR'];
  if (said) {
    if (URL.canParse(said) && /^https?:$/.test(new URL(said).protocol)) return said.replace(/\/+$/, '');
    return problem(
      'bad-mirror',
      `${said} is no http or https address`,
      'Give the address of a Debian archive: the folder that holds dists and pool.',
    );
  }
  for (const uri of mirrorsFromApt(aptSources(apt))) {
    const list = mirrorListPath(uri);
    const found = list === undefined ? uri : firstAddress(list);
    if (found) return found.replace(/\/+$/, '');
  }
  return problem(
    'no-mirror',
    'there is no Debian mirror to fetch packages from: this machine has none in its apt configuration',
    'Name one with --mirror URL or TIMESLICE_MIRROR (the address that apt would use, ending in /debian); --image tiny needs none.',
  );
}

function aptSources(apt: string) {
  const parts = join(apt, 'sources.list.d');
  const names = list(parts)
    .filter((name) => /\.(sources|list)$/.test(name))
    .sort();
  const paths = [join(apt, 'sources.list'), ...names.map((name) => join(parts, name))];
  return paths.map((name) => ({ name, text: text(name) }));
}

const firstAddress = (path: string): string | undefined => /^https?:\S+/m.exec(text(path))?.[0];

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
