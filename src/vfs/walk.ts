/** The path walk: from a string to an inode, step by step. Linux: fs/namei.c, man 7 path_resolution. */
import type { Errno } from '../abi/index.ts';
import { childOf } from './directory.ts';
import { inodeOf } from './inode.ts';
import { crossMounts, MS_NOSYMFOLLOW, mountOf, parentOf } from './mount.ts';
import { isTooLong, PATH_MAX } from './names.ts';
import { MAY_EXEC, mayAccess } from './permission.ts';
import { isPlace, magicTarget, mayInspect } from './proc-tree.ts';
import type { Credentials, FileId, FsContext, Inode, InodeId, MountId, Place } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Who walks: with which root and working directory, and with whose rights. */
export interface Walker {
  readonly fs: Pick<FsContext, 'cwd' | 'root' | 'umask'>;
  readonly credentials: Credentials;
}

export interface WalkOptions {
  /** Follow a symbolic link at the end; one on the way is always followed. */
  readonly follow: boolean;
  /**
   * The last name itself is meant, to be made, removed or renamed: it may be missing (then `inode` is 0), and
   * slashes behind it do not lead through a link (Linux: LOOKUP_PARENT).
   */
  readonly parent?: boolean;
  /** The last name is to be opened or made as a file: slashes behind it are EISDIR, whatever it is. */
  readonly create?: boolean;
  /** RESOLVE_* bits of openat2(2). */
  readonly resolve?: number;
  /** Asked before a name is looked for in a directory; if not, the walk ends with ECANCELED. */
  readonly mayLook?: (directory: Inode) => boolean;
}

/** Where a path leads. */
export interface Resolved {
  readonly mount: MountId;
  /** 0 when the last name does not exist. */
  readonly inode: InodeId | 0;
  /** An open file without a place in the tree, behind a magic link; 0 otherwise. */
  readonly file: FileId | 0;
  /** The directory that has (or would have) the last name. */
  readonly parent: Place;
  readonly name: string;
  /** What the path ends with: a name, `.`, `..`, nothing (just `/`) or a magic link. */
  readonly last: 'name' | 'dot' | 'dotdot' | 'root' | 'magic';
  /** Did slashes follow the last name? */
  readonly slash: boolean;
  /** What the magic link at its end says. */
  readonly shown?: string | null;
}

export const RESOLVE_NO_XDEV = 1;
export const RESOLVE_NO_MAGICLINKS = 2;
export const RESOLVE_NO_SYMLINKS = 4;
export const RESOLVE_BENEATH = 8;
export const RESOLVE_IN_ROOT = 16;
/** Linux keeps no names that are not there: those count as not cached. */
export const RESOLVE_CACHED = 32;

/** Linux: MAXSYMLINKS. */
const MAX_LINKS = 40;
const SLASH = 47;

/** The walk's own variables: they live for one call. */
interface State {
  readonly vfs: Vfs;
  readonly who: Walker;
  readonly root: Place;
  readonly resolve: number;
  here: Place;
  rest: string;
  links: number;
}

/** Resolves a path from a directory. */
export function walk(vfs: Vfs, who: Walker, at: Place, path: string, options: WalkOptions): Resolved | Errno {
  if (path === '') return 'ENOENT';
  if (path.length >= PATH_MAX) return 'ENAMETOOLONG';
  const resolve = options.resolve ?? 0;
  const inRoot = (resolve & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) !== 0;
  const state: State = { vfs, who, root: inRoot ? at : who.fs.root, resolve, here: at, rest: path, links: 0 };
  const started = startOver(state);
  if (started !== null) return started;
  for (;;) {
    const found = step(state, options);
    if (found !== null) return found;
  }
}

/** An absolute path (or link target) begins at the root. */
function startOver(state: State): Errno | null {
  if (state.rest.charCodeAt(0) !== SLASH) return null;
  if ((state.resolve & RESOLVE_BENEATH) !== 0) return 'EXDEV';
  if ((state.resolve & RESOLVE_NO_XDEV) !== 0 && state.here.mount !== state.root.mount) return 'EXDEV';
  state.here = state.root;
  return null;
}

/** Takes one name off the path. Gives the end of the walk, or null to go on. */
function step(state: State, options: WalkOptions): Resolved | Errno | null {
  const { vfs, rest } = state;
  let begin = 0;
  while (rest.charCodeAt(begin) === SLASH) begin++;
  if (begin === rest.length) return ended(state, state.here, '', 'root', false);
  const stop = rest.indexOf('/', begin);
  const end = stop < 0 ? rest.length : stop;
  let next = end;
  while (rest.charCodeAt(next) === SLASH) next++;
  const isLast = next === rest.length;
  const slash = stop >= 0;
  const name = rest.slice(begin, end);
  const directory = vfs.inodes.get(state.here.inode);
  // A working directory that was removed and that nobody holds.
  if (directory === undefined) return 'ENOENT';
  const refused = mayStep(state, directory, name);
  if (refused !== null) return refused;
  state.rest = isLast ? '' : rest.slice(next);
  if (name === '.') return isLast ? ended(state, state.here, name, 'dot', slash) : null;
  if (name === '..') return stepUp(state, isLast, slash);
  if (isLast && slash && options.create === true) return 'EISDIR';
  if (options.mayLook?.(directory) === false) return 'ECANCELED';
  const child = childOf(vfs, directory, name);
  if (child === 0 && (state.resolve & RESOLVE_CACHED) !== 0) return 'EAGAIN';
  if (child === 0)
    return isLast && options.parent ? ended(state, state.here, name, 'name', slash, true) : 'ENOENT';
  return stepInto(state, crossMounts(vfs, state.here.mount, child), { name, isLast, slash, options });
}

function mayStep({ who }: State, directory: Inode, name: string): Errno | null {
  if (directory.kind !== 'directory') return 'ENOTDIR';
  if (!mayAccess(directory, who.credentials, MAY_EXEC)) return 'EACCES';
  return isTooLong(name) ? 'ENAMETOOLONG' : null;
}

function stepUp(state: State, isLast: boolean, slash: boolean): Resolved | Errno | null {
  const { vfs, root, here } = state;
  const isAtRoot = here.mount === root.mount && here.inode === root.inode;
  if (isAtRoot && (state.resolve & RESOLVE_BENEATH) !== 0) return 'EXDEV';
  const up = parentOf(vfs, here, root);
  if ((state.resolve & RESOLVE_NO_XDEV) !== 0 && up.mount !== here.mount) return 'EXDEV';
  state.here = up;
  return isLast ? ended(state, state.here, '..', 'dotdot', slash) : null;
}

interface Step {
  readonly name: string;
  readonly isLast: boolean;
  readonly slash: boolean;
  readonly options: WalkOptions;
}

function stepInto(state: State, to: Place, at: Step): Resolved | Errno | null {
  const { vfs, here } = state;
  const crossed = to.mount !== here.mount;
  if (crossed && (state.resolve & RESOLVE_NO_XDEV) !== 0) return 'EXDEV';
  const inode = inodeOf(vfs, to.inode);
  const { follow, parent = false } = at.options;
  if (inode.kind === 'symlink' && (!at.isLast || follow || (at.slash && !parent)))
    return followLink(state, inode, at);
  if (!at.isLast) {
    state.here = to;
    return null;
  }
  if (at.slash && !parent && inode.kind !== 'directory') return 'ENOTDIR';
  return {
    mount: to.mount,
    inode: to.inode,
    file: 0,
    parent: here,
    name: at.name,
    last: 'name',
    slash: at.slash,
  };
}

function followLink(state: State, link: Inode, { isLast, slash }: Step): Resolved | Errno | null {
  const { vfs } = state;
  if (++state.links > MAX_LINKS || (state.resolve & RESOLVE_NO_SYMLINKS) !== 0) return 'ELOOP';
  const { flags } = mountOf(vfs, state.here.mount);
  if ((flags & MS_NOSYMFOLLOW) !== 0) return 'ELOOP';
  if (!mayInspect(vfs, link)) return 'EACCES';
  if (vfs.protections.symlinks !== 0 && !mayFollow(state, link)) return 'EACCES';
  const magic = magicTarget(vfs, link, state.here);
  if (typeof magic === 'string') return magic;
  if (magic === null) {
    const target = readLink(vfs, link);
    if (target === null || target === '') return 'ENOENT';
    state.rest = state.rest === '' && !slash ? target : `${target}/${state.rest}`;
    return startOver(state);
  }
  if ((state.resolve & (RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0) return 'ELOOP';
  if (!isPlace(magic)) {
    const anonymous = { mount: state.here.mount, inode: 0 as const, file: magic.file, parent: state.here };
    return isLast && !slash ? { ...anonymous, name: link.name, last: 'magic', slash } : 'ENOTDIR';
  }
  const parent = state.here;
  state.here = { mount: magic.mount, inode: magic.inode };
  if (!isLast) return null;
  if (slash && inodeOf(vfs, magic.inode).kind !== 'directory') return 'ENOTDIR';
  const shown = readLink(vfs, link);
  return { ...state.here, file: 0, parent, name: link.name, last: 'magic', slash, shown };
}

/** In a directory like /tmp, only links of one's own or of the directory's owner (Linux: may_follow_link). */
function mayFollow({ vfs, who, here }: State, link: Inode): boolean {
  if (who.credentials.fsuid === link.uid) return true;
  const { mode, uid } = inodeOf(vfs, here.inode);
  return (mode & STICKY_SHARED) !== STICKY_SHARED || uid === link.uid;
}
/** Sticky, and others may write. */
const STICKY_SHARED = 0o1002;

/** A symbolic link's text; null when the process it is about has gone. */
export const readLink = (vfs: Vfs, link: Inode): string | null =>
  link.generator === null ? link.target : vfs.host.proc.link(link.generator);

const ended = (
  { here }: State,
  at: Place,
  name: string,
  last: Resolved['last'],
  slash: boolean,
  missing = false,
): Resolved => ({
  mount: at.mount,
  inode: missing ? 0 : at.inode,
  file: 0,
  parent: here,
  name,
  last,
  slash,
});

/** Resolves a path that must exist, from the walker's own working directory. */
export function lookup(vfs: Vfs, who: Walker, path: string, follow = true): Resolved | Errno {
  return walk(vfs, who, who.fs.cwd, path, { follow });
}
