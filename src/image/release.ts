/** A suite's Release file: what the archive holds and the checksum of every index. */
import { type Problem, problem } from '../base/index.ts';
import { parseParagraph } from './control.ts';

export interface IndexFile {
  readonly path: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Release {
  readonly suite: string;
  readonly codename: string;
  readonly version: string;
  readonly date: string;
  /** Milliseconds since the epoch, or undefined when the archive promises nothing (stable does not). */
  readonly validUntil: number | undefined;
  readonly acquireByHash: boolean;
  readonly files: ReadonlyMap<string, IndexFile>;
}

export function parseRelease(text: string): Release | Problem {
  const fields = parseParagraph(text);
  const sums = fields.get('sha256');
  if (sums === undefined)
    return problem(
      'bad-release',
      'the Release file of the mirror lists no SHA256 checksums',
      'Check that the mirror is a Debian archive, or name another with --mirror.',
    );
  const files = new Map<string, IndexFile>();
  for (const line of sums.split('\n')) {
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (sha256 && size && path) files.set(path, { path, size: Number(size), sha256 });
  }
  const until = fields.get('valid-until');
  return {
    suite: fields.get('suite') ?? '',
    codename: fields.get('codename') ?? '',
    version: fields.get('version') ?? '',
    date: fields.get('date') ?? '',
    validUntil: until === undefined ? undefined : Date.parse(until),
    acquireByHash: fields.get('acquire-by-hash') === 'yes',
    files,
  };
}

/** The best compressed package list of a component: xz before gzip before plain. */
export function packageList(release: Release, component: string, architecture: string): IndexFile | Problem {
  for (const end of ['.xz', '.gz', '']) {
    const file = release.files.get(`${component}/binary-${architecture}/Packages${end}`);
    if (file) return file;
  }
  return problem(
    'no-architecture',
    `the archive has no ${architecture} packages in ${release.codename || release.suite} ${component}`,
    'Debian has riscv64 from trixie on: use --suite trixie, or a mirror that carries riscv64.',
  );
}
