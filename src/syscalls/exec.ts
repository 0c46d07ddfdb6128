/** execve and execveat: from paths and string arrays in user memory to the kernel's exec. */
import { AT, type Errno } from '../abi/index.ts';
import { decodeUtf8 } from '../base/index.ts';
import {
  execTask,
  type Kernel,
  MAX_STRING,
  type Program,
  programAt,
  REGISTERS_REPLACED,
  syscall,
} from '../kernel/index.ts';
import { type Outcome, type Walker, walk } from '../vfs/index.ts';
import { dirfd, flags, path, pointer, quote, struct } from './args.ts';
import { fileAt, isPathError, readPath, startOf, walkerOf } from './path.ts';

const EXEC_ERRORS: readonly Errno[] = [
  'E2BIG',
  'EACCES',
  'ETXTBSY',
  'EBADF',
  'EFAULT',
  'EINVAL',
  'EIO',
  'EISDIR',
  'ELIBBAD',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOEXEC',
  'ENOMEM',
  'ENOTDIR',
  'EPERM',
];

/** Linux: a kernel's limit on the number of strings, far beyond what their total size allows. */
const MAX_STRINGS = 2 ** 20;

/** A NULL-terminated array of strings, copied before the old memory goes. A null pointer is an empty array. */
function readStrings(k: Kernel, addr: number): Uint8Array[] | Errno {
  const strings: Uint8Array[] = [];
  if (addr === 0) return strings;
  for (let at = addr; strings.length < MAX_STRINGS; at += 8) {
    const pointer = k.user.readU64(at);
    if (pointer === undefined) return 'EFAULT';
    if (pointer === 0) return strings;
    const bytes = k.memory.user.cbytes(k.mm, pointer, MAX_STRING);
    if (typeof bytes === 'string') return bytes === 'ENAMETOOLONG' ? 'E2BIG' : bytes;
    strings.push(bytes);
  }
  return 'E2BIG';
}

function exec(k: Kernel, program: Program | Errno, argvAt: number, envpAt: number): Outcome {
  if (typeof program === 'string') return program;
  const argv = readStrings(k, argvAt);
  if (typeof argv === 'string') return argv;
  const envp = readStrings(k, envpAt);
  if (typeof envp === 'string') return envp;
  // Linux 5.18 and later: a program always has an argv[0].
  if (argv.length === 0) argv.push(new Uint8Array(0));
  return execTask(k, { program, argv, envp }) ?? REGISTERS_REPLACED;
}

/** Finds the program that a directory descriptor, a path and flags name. */
function find(k: Kernel, dirfd: number, addr: number, at: number): Program | Errno {
  const text = readPath(k, addr);
  if (isPathError(text)) return text;
  const who = walkerOf(k);
  if (text === '' && (at & AT.AT_EMPTY_PATH) !== 0) return programOfFd(k, who, dirfd);
  const from = startOf(k, dirfd, text);
  if (typeof from === 'string') return from;
  const found = walk(k.vfs, who, from, text, { follow: (at & AT.AT_SYMLINK_NOFOLLOW) === 0 });
  if (typeof found === 'string') return found;
  const relative = !text.startsWith('/') && dirfd !== AT.AT_FDCWD;
  return programAt(k, who, found, relative ? `/dev/fd/${dirfd}/${text}` : text);
}

function programOfFd(k: Kernel, who: Walker, number: number): Program | Errno {
  const file = fileAt(k, number);
  if (typeof file === 'string') return file;
  if (file.inode === 0 || file.mount === 0) return 'EACCES';
  const place = { mount: file.mount, inode: file.inode };
  const found = { ...place, parent: place, name: '', last: 'root' } as const;
  const program = programAt(k, who, found, `/dev/fd/${number}`);
  return typeof program === 'string' ? program : { ...program, path: file.path };
}

const stringsText = (k: Kernel, addr: number): string | null => {
  const strings = readStrings(k, addr);
  return typeof strings === 'string'
    ? null
    : `[${strings.map((bytes) => quote(decodeUtf8(bytes))).join(', ')}]`;
};
/** strace shows the environment as its size. */
const environmentText = (k: Kernel, addr: number): string | null => {
  const strings = readStrings(k, addr);
  if (typeof strings === 'string') return null;
  return `${pointer.show(addr, k, null)} /* ${strings.length} var${strings.length === 1 ? '' : 's'} */`;
};

export const execve = syscall({
  nr: 221,
  name: 'execve',
  args: [path, struct(stringsText), struct(environmentText)],
  errors: EXEC_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run: (k, name, argv, envp) => exec(k, find(k, AT.AT_FDCWD, name, 0), argv, envp),
});

const EXECVEAT_FLAGS = { AT_SYMLINK_NOFOLLOW: AT.AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH: AT.AT_EMPTY_PATH };

export const execveat = syscall({
  nr: 281,
  name: 'execveat',
  args: [dirfd, path, struct(stringsText), struct(environmentText), flags(EXECVEAT_FLAGS)],
  errors: EXEC_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, dirfd, name, argv, envp, at) {
    const known = EXECVEAT_FLAGS.AT_EMPTY_PATH | EXECVEAT_FLAGS.AT_SYMLINK_NOFOLLOW;
    if ((at & ~known) !== 0) return 'EINVAL';
    return exec(k, find(k, dirfd, name, at), argv, envp);
  },
});

export const EXEC_CALLS = [execve, execveat];
