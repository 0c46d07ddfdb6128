/**
 * What systemd-tmpfiles would make at boot from the packages' tmpfiles.d (man 5 tmpfiles.d): directories, files and
 * links that are not there yet. The machine's /run begins with what the image has there.
 */
import type { GeneratedEntry } from './generated.ts';

/** Numbers of users and groups by name. */
export interface Ids {
  readonly user: (name: string) => number | undefined;
  readonly group: (name: string) => number | undefined;
}

type Made = Omit<GeneratedEntry, 'mtime'>;

/** Directories; `v`, `q` and `Q` are subvolumes where a file system has such. */
const DIRECTORY = /^[dDvqQ]$/;

/** Lines that wait for a credential (^) or count at boot alone (!), where systemd takes back what they made. */
const NOT_OURS = /[\^!]/;

/** Paths below the links /var/run and /var/lock lie where those lead. */
const straight = (path: string): string =>
  path
    .replace(/^\/var\/run(?=\/|$)/, '/run')
    .replace(/^\/var\/lock(?=\/|$)/, '/run/lock')
    .replace(/(?<=.)\/$/, '');

/** Reads the files' texts, in the order of their names; of two lines for a path the first counts. */
export function tmpfilesOf(texts: readonly string[], ids: Ids, has: (path: string) => boolean): Made[] {
  const made = new Map<string, Made>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [type = '', name = '', mode = '-', user = '-', group = '-', , ...argument] = line
      .trim()
      .split(/\s+/);
    const path = straight(name);
    if (NOT_OURS.test(type) || !path.startsWith('/') || path.includes('%') || made.has(path) || has(path))
      continue;
    const uid = numberOf(user, ids.user);
    const gid = numberOf(group, ids.group);
    if (uid === undefined || gid === undefined) continue;
    const what = contentOf(type[0]!, argument.join(' '));
    if (what === undefined) continue;
    const bits = /^[:~]*([0-7]+)$/.exec(mode)?.[1];
    made.set(path, {
      path,
      mode: bits === undefined ? what.mode : Number.parseInt(bits, 8),
      uid,
      gid,
      ...what.more,
    });
  }
  return [...made.values()];
}

function numberOf(name: string, idOf: (name: string) => number | undefined): number | undefined {
  const plain = name.replace(/^:/, '');
  if (plain === '-') return 0;
  return /^\d+$/.test(plain) ? Number(plain) : idOf(plain);
}

interface Content {
  readonly mode: number;
  readonly more: { readonly bytes?: Uint8Array; readonly target?: string };
}

function contentOf(type: string, argument: string): Content | undefined {
  if (DIRECTORY.test(type)) return { mode: 0o755, more: {} };
  if (type === 'f' || type === 'F')
    return { mode: 0o644, more: { bytes: new TextEncoder().encode(argument) } };
  if (type === 'L' && argument !== '' && argument !== '-') return { mode: 0o777, more: { target: argument } };
  return undefined;
}
