/** Starting programs from outside: standard streams, environment, working directory, the search in PATH. */
import { type Errno, O } from '../abi/index.ts';
import { bug, encodeUtf8, type Problem, problem } from '../base/index.ts';
import { isElfError, parseElf } from '../elf/index.ts';
import {
  findProgram,
  type Kernel,
  readProgram,
  resolveScript,
  startProcess,
  type Task,
  type Tgid,
} from '../kernel/index.ts';
import {
  addFile,
  CONSOLE,
  capabilitiesOf,
  type FileId,
  type FilesTable,
  type FsContext,
  inodeOf,
  installFd,
  lookup,
  moveContext,
  newFilesTable,
  newFsContext,
  newHostInput,
  newHostOutput,
  openPath,
  type Place,
  readAt,
  retainFile,
  type Walker,
} from '../vfs/index.ts';
import { initProgram } from './init.ts';

/** Where a standard stream leads: the terminal, a pipe whose other end is the host, or nowhere. */
export type StreamKind = 'console' | 'pipe' | 'null';

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: StreamKind;
  readonly stdout?: StreamKind;
  /** `stdout` is the same pipe or terminal as standard output's. */
  readonly stderr?: StreamKind | 'stdout';
  readonly user?: number;
}

/** A process the host started, and the host's ends of its streams (0 for none). */
export interface HostProcess {
  readonly pid: number;
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

export const DEFAULT_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
} as const;

/** Where the machine keeps its own first process: a memory file system, in every image. */
const INIT_PATH = '/run/init';

interface Streams {
  readonly files: FilesTable;
  readonly ports: Omit<HostProcess, 'pid'>;
}

/** Starts a program: as the first process, below `init` if there is one, or as another child of the first. */
export function spawn(
  k: Kernel,
  root: Place,
  initElf: Uint8Array | null,
  options: SpawnOptions,
): HostProcess | Problem {
  const env = options.env ?? DEFAULT_ENV;
  const fs = newFsContext(k.vfs, root);
  const moved = enterDirectory(k, fs, options.cwd ?? '/');
  if (moved !== null) return moved;
  const user = options.user ?? k.options.user;
  const who: Walker = {
    fs,
    credentials: {
      ...k.task.credentials,
      fsuid: user,
      fsgid: user,
      euid: user,
      egid: user,
      caps: capabilitiesOf(user),
    },
  };
  const name = options.argv[0] ?? '';
  const path = search(k, who, name, env['PATH'] ?? '');
  if (typeof path !== 'string') return path;
  const refused = whyNotRun(k, who, path, name, options);
  if (refused !== null) return refused;
  const isFirst = k.groups.size === 0;
  const usesInit = isFirst && initElf !== null;
  if (usesInit) addFile(k.vfs, root, INIT_PATH, initElf, 0o755);
  const { files, ports } = openStreams(k, who, options);
  const argv = usesInit ? ['init', path, ...options.argv.slice(1)] : options.argv;
  const task = startProcess(k, {
    path: usesInit ? INIT_PATH : path,
    argv: argv.map(encodeUtf8),
    envp: Object.entries(env).map(([key, value]) => encodeUtf8(`${key}=${value}`)),
    fs,
    files,
    user,
    parent: isFirst ? 0 : (1 as Tgid),
  });
  if (typeof task === 'string') return cannotRun(name, task);
  if ([options.stdin, options.stdout, options.stderr].includes('console')) giveTerminal(k, task);
  return { pid: task.group, ...ports };
}

/** Starts our own first process, with nothing but /dev/null open. */
export function startInit(k: Kernel, root: Place): void {
  addFile(k.vfs, root, INIT_PATH, initProgram(), 0o755);
  const fs = newFsContext(k.vfs, root);
  const { files } = openStreams(k, { fs, credentials: k.task.credentials }, { argv: [] });
  const argv = [encodeUtf8('init')];
  const task = startProcess(k, { path: INIT_PATH, argv, envp: [], fs, files, user: 0, parent: 0 });
  if (typeof task === 'string') bug(`the first process cannot start: ${task}`);
}

function enterDirectory(k: Kernel, fs: FsContext, cwd: string): Problem | null {
  const who: Walker = { fs, credentials: k.task.credentials };
  const found = lookup(k.vfs, who, cwd);
  if (typeof found === 'string' || !isDirectory(k, who, cwd))
    return problem('no-directory', `there is no directory ${cwd} in the machine`, 'Give another --cwd.');
  moveContext(k.vfs, fs, 'cwd', { mount: found.mount, inode: found.inode as Place['inode'] });
  return null;
}

function isDirectory(k: Kernel, who: Walker, path: string): boolean {
  const found = lookup(k.vfs, who, path);
  return typeof found !== 'string' && found.inode !== 0 && inodeOf(k.vfs, found.inode).kind === 'directory';
}

/** execvp's search: a name with a slash is a path, another is looked for in PATH. */
function search(k: Kernel, who: Walker, name: string, path: string): string | Problem {
  if (name.includes('/')) return name;
  for (const directory of path.split(':')) {
    const candidate = `${directory === '' ? '.' : directory}/${name}`;
    if (typeof findProgram(k, who, candidate) !== 'string') return candidate;
  }
  return problem(
    'not-found',
    `${name}: not found in the machine`,
    'Give the path of a program, or another --image.',
  );
}

/** Looks at the program before anything is started, so that the user hears what is wrong with it. */
function whyNotRun(
  k: Kernel,
  who: Walker,
  path: string,
  name: string,
  { argv }: SpawnOptions,
): Problem | null {
  const program = findProgram(k, who, path);
  if (program === 'EACCES' && isDirectory(k, who, path))
    return problem('not-executable', `${name}: this is a folder`, 'Give a program in it.');
  if (typeof program === 'string') return cannotRun(name, program);
  const request = resolveScript(k, who, { program, argv: argv.map(encodeUtf8), envp: [] });
  if (typeof request === 'string')
    return cannotRun(name, request, program.inode.size === 0 ? 'the file is empty' : undefined);
  const { inode } = request.program;
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    return readAt(k.vfs, inode, offset, bytes) === length ? bytes : undefined;
  };
  const image = parseElf(read, inode.size);
  if (isElfError(image)) return { ...image.problem, sentence: `${name}: ${image.problem.sentence}` };
  const loadable = readProgram(k, who, request.program);
  if (typeof loadable !== 'string') return null;
  return problem(
    'no-interpreter',
    `${name} needs the dynamic linker ${image.interpreter}, which the image does not have`,
    'Use --image debian, or link the program with -static.',
  );
}

const SENTENCES: Partial<Record<Errno, readonly [code: string, sentence: string, hint: string]>> = {
  ENOENT: [
    'not-found',
    'no such file in the machine',
    'Check the path; --mount shows a host directory to the guest.',
  ],
  ENOTDIR: ['not-found', 'a part of the path is no directory', 'Check the path.'],
  EACCES: ['not-executable', 'permission denied', 'Make the file executable (chmod +x).'],
  ENOMEM: ['no-memory', 'the program does not fit into memory', 'Give more --memory.'],
  E2BIG: ['too-long', 'the arguments and the environment are too long', 'Pass less.'],
};

function cannotRun(name: string, errno: Errno, why?: string): Problem {
  const [code, sentence, hint] = SENTENCES[errno] ?? [
    'not-executable',
    `cannot be executed (${errno})`,
    'Give a riscv64 Linux program.',
  ];
  return problem(code, `${name}: ${why ?? sentence}`, hint);
}

/** The console becomes the controlling terminal of a new process's session, unless another session has it. */
function giveTerminal(k: Kernel, task: Task): void {
  const tty = k.vfs.ttys.get(CONSOLE);
  const group = k.groups.get(task.group)!;
  if (tty === undefined || tty.session !== 0) return;
  tty.session = group.sid;
  tty.foreground = group.pgid;
  group.tty = tty.id;
}

/** Descriptors 0, 1 and 2. */
function openStreams(k: Kernel, who: Walker, options: SpawnOptions): Streams {
  const { stdin = 'null', stdout = 'null', stderr = stdout } = options;
  const files = newFilesTable(k.vfs);
  const input = openStream(k, who, stdin, 'input');
  const output = openStream(k, who, stdout, 'output');
  const isShared = stderr === 'stdout' || (stderr === 'console' && stdout === 'console');
  const errors = isShared
    ? { file: sharedFile(k, output.file), port: output.port }
    : openStream(k, who, stderr as StreamKind, 'output');
  for (const { file } of [input, output, errors]) installFd(k.vfs, files, file, false);
  return { files, ports: { stdin: input.port, stdout: output.port, stderr: errors.port } };
}

interface Stream {
  readonly file: FileId;
  readonly port: number;
}

const PATHS = { console: '/dev/console', null: '/dev/null' } as const;

function openStream(k: Kernel, who: Walker, kind: StreamKind, direction: 'input' | 'output'): Stream {
  if (kind === 'pipe') {
    const { file, pipe } = direction === 'input' ? newHostInput(k.vfs) : newHostOutput(k.vfs);
    return { file, port: pipe };
  }
  const root: Walker = { ...who, credentials: k.task.credentials };
  const file = openPath(k.vfs, root, who.fs.root, PATHS[kind], { flags: O.O_RDWR | O.O_NOCTTY, mode: 0 });
  if (typeof file !== 'number') return bug(`${PATHS[kind]} cannot be opened`);
  return { file, port: 0 };
}

function sharedFile(k: Kernel, file: FileId): FileId {
  retainFile(k.vfs, file);
  return file;
}
