/** What the `debian` image is, and how image names say what is added to it. */
import { isProblem, type Problem, problem } from '../base/index.ts';

export const DEFAULT_IMAGE = 'debian';
export const DEFAULT_SUITE = 'trixie';
export const ARCHITECTURE = 'riscv64';
export const COMPONENT = 'main';

/**
 * The default set. Beyond what was promised (python3, bash, coreutils, procps, psmisc): what `bash -c` and
 * pipelines lean on and Debian counts as always there (Essential packages are nobody's dependency).
 */
export const DEFAULT_PACKAGES: readonly string[] = [
  'base-files',
  'base-passwd',
  'bash',
  'coreutils',
  'dash',
  'findutils',
  'grep',
  'hostname',
  'libc-bin',
  'mawk',
  'ncurses-base',
  'procps',
  'psmisc',
  'python3',
  'sed',
];

const NAME = /^[a-z0-9][a-z0-9.+-]*$/;

/** `debian+gdb+vim` as the packages beyond the default set; other names are refused. */
export function addedPackages(name: string): readonly string[] | Problem {
  const wrong = (sentence: string) =>
    problem(
      'unknown-image',
      sentence,
      'Image names are debian, or debian+PACKAGE with Debian packages to add.',
    );
  // A + may belong to a package's name (g++, libstdc++6): only one that stands alone separates.
  const [base, ...added] = name.split(/(?<!\+)\+(?!\+|$)/);
  if (base !== DEFAULT_IMAGE) return wrong(`there is no image ${name}`);
  const bad = added.find((one) => !NAME.test(one));
  return bad === undefined ? [...new Set(added)] : wrong(`${bad} is no name of a Debian package`);
}

/** One set of packages has one name: `debian+vim+gdb` is `debian+gdb+vim`. Other names stay as they are. */
export function canonicalName(name: string): string {
  const added = name.startsWith(`${DEFAULT_IMAGE}+`) ? addedPackages(name) : [];
  return isProblem(added) || added.length === 0 ? name : [DEFAULT_IMAGE, ...[...added].sort()].join('+');
}
