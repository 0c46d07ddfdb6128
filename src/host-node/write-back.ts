/**
 * Makes the changes of a guest in the folder of this computer that it saw. Contents are first written to a folder
 * of ours inside it and then renamed, so that a full disk changes nothing and no file is ever seen half written;
 * no symbolic link below the folder is followed.
 */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import type { FileChange, Machine } from '../api/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';

type Changed = Pick<Machine, 'changes' | 'readChanged'>;
type NewFile = Extract<FileChange, { what: 'file' }>;

/** One write-back while it is done. */
interface Work {
  /** The folder, with all links resolved. */
  readonly root: string;
  /** As the user named it. */
  readonly folder: string;
  readonly staging: string;
  readonly staged: ReadonlyMap<FileChange, string>;
}

const CHUNK = 1 << 20;
const PERMISSIONS = 0o777;
const SET_ID_AND_STICKY = 0o7000;

/** Why nothing can be written to a folder, or null. */
export function unwritable(folder: string): Problem | null {
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch {
    return problem('unwritable', `you may not write to ${folder}`, 'Change its permissions (chmod +w).');
  }
}

/** Makes in `folder` what the guest did at the mount `guest`. Goes on after a failure, and tells the first. */
export function writeBack(machine: Changed, guest: string, folder: string): Problem | null {
  const changes = machine.changes(guest);
  if (changes.length === 0) return null;
  const work = stage(machine, changes, folder);
  return isProblem(work) ? work : settle(work, apply(work, changes));
}

/** Writes all contents: they may still lie in files that are about to be removed or replaced. */
function stage(machine: Changed, changes: readonly FileChange[], folder: string): Work | Problem {
  const staged = new Map<FileChange, string>();
  let staging = '';
  let at = folder;
  try {
    const root = realpathSync(folder);
    staging = mkdtempSync(join(root, '.timeslice-'));
    for (const change of changes) {
      if (change.what !== 'file') continue;
      at = join(folder, change.path);
      const place = join(staging, String(staged.size));
      copyOut(machine, change, place);
      staged.set(change, place);
    }
    return { root, folder, staging, staged };
  } catch (error) {
    if (staging !== '') rmSync(staging, { recursive: true, force: true });
    return failed(at, reasonOf(error), `Nothing in ${folder} was changed.`);
  }
}

function copyOut(machine: Changed, { file, size }: NewFile, place: string): void {
  const to = openSync(place, 'wx', 0o600);
  try {
    const chunk = new Uint8Array(Math.min(CHUNK, size));
    for (let done = 0; done < size; ) {
      const count = machine.readChanged(file, done, chunk.subarray(0, Math.min(CHUNK, size - done)));
      if (count === 0) break;
      for (let wrote = 0; wrote < count; ) wrote += writeSync(to, chunk, wrote, count - wrote, done + wrote);
      done += count;
    }
    ftruncateSync(to, size);
  } finally {
    closeSync(to);
  }
}

/** Makes the changes; gives a sentence for each that could not be made. */
function apply(work: Work, changes: readonly FileChange[]): readonly Failure[] {
  const failures: Failure[] = [];
  const attempt = (change: FileChange, act: (target: string) => void) => {
    try {
      act(targetOf(work, change.path));
    } catch (error) {
      failures.push({ path: join(work.folder, change.path), why: reasonOf(error) });
    }
  };
  for (const change of changes) attempt(change, (target) => make(work, change, target));
  // A directory that may not be written is made so when everything is in it.
  const last = changes.filter(({ what }) => what === 'directory' || what === 'mode').reverse();
  for (const change of last) if ('mode' in change) attempt(change, (target) => setMode(target, change.mode));
  return failures;
}

interface Failure {
  readonly path: string;
  readonly why: string;
}

function make(work: Work, change: FileChange, target: string): void {
  if (change.what === 'gone') remove(target);
  else if (change.what === 'directory') makeDirectory(target);
  else if (change.what === 'symlink') symlinkSync(change.target, target);
  else if (change.what === 'file') putFile(work.staged.get(change)!, target, change);
}

function remove(target: string): void {
  const found = statOf(target);
  if (found?.isDirectory()) rmdirSync(target);
  else if (found !== undefined) unlinkSync(target);
}

function makeDirectory(target: string): void {
  if (statOf(target)?.isDirectory() !== true) mkdirSync(target);
}

/** Takes the place of what is there, a symbolic link too. */
function putFile(staged: string, target: string, { mode, mtime }: NewFile): void {
  const before = statOf(target);
  if (before !== undefined) keepOwner(staged, before);
  chmodSync(staged, mode & PERMISSIONS);
  utimesSync(staged, mtime, mtime);
  renameSync(staged, target);
}

/** Matters to root and to members of several groups; others own what they write. */
function keepOwner(staged: string, before: Stats): void {
  const now = lstatSync(staged);
  if (now.uid === before.uid && now.gid === before.gid) return;
  try {
    chownSync(staged, before.uid, before.gid);
  } catch {}
}

/** Set-id bits are taken away but never given: a guest makes no program that runs as somebody else here. */
function setMode(target: string, mode: number): void {
  const before = lstatSync(target);
  if (before.isSymbolicLink()) throw new Error('it is a symbolic link now');
  chmodSync(target, (mode & PERMISSIONS) | (mode & before.mode & SET_ID_AND_STICKY));
}

const IS_WINDOWS = sep === '\\';

/** A name that leads somewhere else, or that a guest can have and this computer cannot. */
const isBadName = (name: string): boolean =>
  name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || (IS_WINDOWS && /[\\:]/.test(name));

/** Where a change is to be made. Throws where that is not below the folder. */
function targetOf({ root }: Work, path: string): string {
  const names = path.split('/');
  if (names.some(isBadName)) throw new Error('the name leads out of the folder');
  let parent = root;
  for (const name of names.slice(0, -1)) {
    parent = join(parent, name);
    if (!lstatSync(parent).isDirectory()) throw new Error(`${parent} is no folder`);
  }
  return join(parent, names.at(-1)!);
}

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** Ends the work: what could not be put into its place is kept, for the user to look at. */
function settle({ staging, staged }: Work, failures: readonly Failure[]): Problem | null {
  const left = [...staged.values()].some((place) => statOf(place) !== undefined);
  if (!left) rmSync(staging, { recursive: true, force: true });
  const [first, ...more] = failures;
  if (first === undefined) return null;
  const others = more.length === 0 ? '' : `, and ${more.length} more like it`;
  const hint = left
    ? `What could not be put into its place lies in ${staging}.`
    : 'Everything else was written.';
  return failed(first.path, first.why + others, hint);
}

const failed = (path: string, why: string, hint: string): Problem =>
  problem('not-written', `${path} cannot be written back: ${why}`, hint);

/** Node says `EACCES: permission denied, rename 'from' -> 'to'`. */
const reasonOf = (error: unknown): string => (error as Error).message.replace(/^[A-Z]+: ([^,]+),.*$/s, '$1');
