/**
 * What the words after the options mean: a program of the guest, or a file of this computer that works as it
 * stands, and which files of this computer the guest must see for it.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { isElfError, parseElf } from '../elf/index.ts';
import { guestPath, isHostFile, type LayeredImage, unreadable } from '../host-node/index.ts';
import { inPath, nodeAt } from './layer-path.ts';

export interface ProgramPlan {
  /** As the guest gets it. */
  readonly argv: readonly string[];
  /** Files of this computer that are named, to be shown. */
  readonly hostFiles: readonly string[];
}

/** Where a guest's programs are looked for. */
export const GUEST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Plans a run. */
export function planProgram(
  [program, ...args]: readonly [string, ...string[]],
  image: LayeredImage,
  isHostShown: boolean,
): ProgramPlan | Problem {
  if (!isHostShown) return { argv: [program, ...args], hostFiles: [] };
  const isOurs = (word: string) => isHostFile(word) && !(isAbsolute(word) && nodeAt(image, guestPath(word)));
  const named = args.filter(isOurs);
  const wrong = [...named].map(unreadable).find((found) => found !== null);
  if (wrong) return wrong;
  const isName = !program.includes('/') && !program.includes(sep);
  const isHosts = isName
    ? inPath(image, program, GUEST_PATH) === undefined && isHostFile(program)
    : isOurs(program);
  if (isHosts) {
    const argv = scriptArgv(program, isName ? `./${program}` : asGuest(program));
    return isProblem(argv) ? argv : { argv: [...argv, ...args], hostFiles: [program, ...named] };
  }
  if (!isName && isFolder(program) && !nodeAt(image, guestPath(program)))
    return problem('not-executable', `${program} is a folder`, 'Give a program in it.');
  return { argv: [program, ...args], hostFiles: named };
}

const asGuest = (path: string): string => (sep === '/' ? path : guestPath(path));

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const HEAD = 256;

/** How the guest runs a file of this computer, or why it cannot. `path` is the guest's name of it. */
function scriptArgv(file: string, path: string): readonly string[] | Problem {
  const wrong = unreadable(file);
  if (wrong) return wrong;
  if (file.endsWith('.py')) return ['python3', path];
  const head = headOf(file);
  const text = head.toString('latin1');
  if (text.startsWith('#!')) return isExecutable(file) ? [path] : [...shebang(text), path];
  if (head.indexOf('\x7fELF', 0, 'latin1') === 0) return checkElf(file) ?? [path];
  const isText = !head.includes(0);
  if (isText && (file.endsWith('.sh') || (isExecutable(file) && head.length > 0))) return ['sh', path];
  return checkElf(file) ?? [path];
}

const isExecutable = (file: string): boolean =>
  process.platform === 'win32' || (statSync(file).mode & 0o111) !== 0;

/** The interpreter of a `#!` line, and the one argument it may have. */
const shebang = (text: string): readonly string[] => {
  const [, interpreter = 'sh', argument] = /^#!\s*(\S+)(?:[ \t]+(.*\S))?/.exec(text.split('\n', 1)[0]!) ?? [];
  return argument === undefined ? [interpreter] : [interpreter, argument];
};

function headOf(file: string): Buffer {
  const head = Buffer.alloc(HEAD);
  const fd = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(fd, head, 0, HEAD, 0));
  } finally {
    closeSync(fd);
  }
}

/** What is wrong with an ELF file, before a machine is made for it. */
function checkElf(file: string): Problem | undefined {
  const fd = openSync(file, 'r');
  try {
    const read = (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      return readSync(fd, bytes, 0, length, offset) === length ? bytes : undefined;
    };
    const image = parseElf(read, statSync(file).size);
    if (isElfError(image)) return { ...image.problem, sentence: `${file}: ${image.problem.sentence}` };
    if (isExecutable(file)) return undefined;
    return problem('not-executable', `${file} is not marked as executable`, `Mark it: chmod +x ${file}`);
  } finally {
    closeSync(fd);
  }
}
