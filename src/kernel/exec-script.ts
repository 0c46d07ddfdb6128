/** From a path to the file that is really loaded: permission, and `#!` lines. Linux: fs/exec.c, binfmt_script.c. */
import type { Errno } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import {
  type Inode,
  inodeOf,
  lookup,
  MS_NOEXEC,
  mayExecute,
  type Place,
  pathOfFound,
  type Resolved,
  readAt,
  type Walker,
} from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';

/** A file that exec may load. */
export interface Program {
  readonly place: Place;
  readonly inode: Inode;
  /** Absolute path, for the views. */
  readonly path: string;
  /** How the caller named it: AT_EXECFN, and what a script's interpreter is told to read. */
  readonly name: string;
}

export interface ExecRequest {
  readonly program: Program;
  readonly argv: readonly Uint8Array[];
  readonly envp: readonly Uint8Array[];
}

/** Linux: BINPRM_BUF_SIZE, and bprm_execve's limit of nested interpreters. */
const FIRST_BYTES = 256;
const MAX_DEPTH = 5;
const HASH = 0x23;
const BANG = 0x21;

/** Finds an executable file by path. */
export function findProgram(k: Kernel, who: Walker, path: string): Program | Errno {
  const found = lookup(k.vfs, who, path);
  return typeof found === 'string' ? found : programAt(k, who, found, path);
}

/** What a walk found, if it may be executed. */
export function programAt(
  k: Kernel,
  who: Walker,
  found: Pick<Resolved, 'mount' | 'inode' | 'parent' | 'name' | 'last'>,
  name: string,
): Program | Errno {
  if (found.inode === 0) return 'EACCES';
  const inode = inodeOf(k.vfs, found.inode);
  if (inode.kind === 'symlink') return 'ELOOP';
  if (inode.kind !== 'file' || inode.generator !== null || !mayExecute(inode, who)) return 'EACCES';
  const mount = k.vfs.mounts.get(found.mount);
  if (mount !== undefined && (mount.flags & MS_NOEXEC) !== 0) return 'EACCES';
  if (inode.writers > 0) return 'ETXTBSY';
  const place = { mount: found.mount, inode: found.inode };
  return { place, inode, path: pathOfFound(k.vfs, who, place, found), name };
}

/** Replaces scripts by their interpreters, until a file is left that is none. */
export function resolveScript(k: Kernel, who: Walker, request: ExecRequest): ExecRequest | Errno {
  let now = request;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const line = scriptLine(k, now.program.inode);
    if (line === null) return now;
    if (line === 'ENOEXEC') return line;
    const program = findProgram(k, who, line.interpreter);
    if (typeof program === 'string') return program;
    const given = [line.interpreter, ...line.argument, now.program.name].map(encodeUtf8);
    now = { ...now, program: { ...program, name: now.program.name }, argv: [...given, ...now.argv.slice(1)] };
  }
  return 'ELOOP';
}

interface ScriptLine {
  readonly interpreter: string;
  /** All that follows the interpreter is one argument. */
  readonly argument: readonly string[];
}

/** The `#!` line of a script, null for another file. A line cut inside the interpreter's name is ENOEXEC. */
function scriptLine(k: Kernel, inode: Inode): ScriptLine | null | 'ENOEXEC' {
  const bytes = new Uint8Array(FIRST_BYTES);
  const length = readAt(k.vfs, inode, 0, bytes);
  if (bytes[0] !== HASH || bytes[1] !== BANG) return null;
  const text = decodeUtf8(bytes, 0, length);
  const end = text.indexOf('\n');
  const line = (end < 0 ? text : text.slice(0, end)).slice(2).replace(/^[ \t]+|[ \t]+$/g, '');
  const match = /^([^ \t\0]+)(?:[ \t]+([^\0]*))?/.exec(line);
  if (match === null) return 'ENOEXEC';
  const [, interpreter = '', argument] = match;
  const isCut = end < 0 && length === FIRST_BYTES && argument === undefined;
  return isCut ? 'ENOEXEC' : { interpreter, argument: argument === undefined ? [] : [argument] };
}
