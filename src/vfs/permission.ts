/** Who may do what to an inode: mode bits, the super-user, sticky and setgid directories (Linux: fs/namei.c). */
import { CAP, SECBIT } from '../abi/index.ts';
import { hasCap } from './capability.ts';
import type { Credentials, Inode } from './types.ts';
import type { Vfs } from './vfs.ts';

/** Rights asked for, with the values of access(2) and of a mode's three bits. */
export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

export const S_ISUID = 0o4000;
export const S_ISGID = 0o2000;
export const S_ISVTX = 0o1000;

/** Is the file-system group of these credentials, or one of their supplementary groups, `gid`? */
export const isInGroup = (creds: Credentials, gid: number): boolean =>
  creds.fsgid === gid || creds.groups.includes(gid);

/** Do these credentials have all of `want` on the inode? */
export function mayAccess(inode: Inode, creds: Credentials, want: number): boolean {
  const shift = creds.fsuid === inode.uid ? 6 : isInGroup(creds, inode.gid) ? 3 : 0;
  if (((inode.mode >> shift) & want) === want) return true;
  const isDirectory = inode.kind === 'directory';
  // man 7 capabilities: CAP_DAC_OVERRIDE does not make a file without any x bit executable.
  const overrides = (want & MAY_EXEC) === 0 || isDirectory || (inode.mode & 0o111) !== 0;
  if (overrides && hasCap(creds, CAP.CAP_DAC_OVERRIDE)) return true;
  const looks = isDirectory ? (want & MAY_WRITE) === 0 : want === MAY_READ;
  return looks && hasCap(creds, CAP.CAP_DAC_READ_SEARCH);
}

/** Directories of processes in /proc: nobody, root included, gets to write there. Linux: S_IMMUTABLE. */
export const isImmutable = ({ kind, generator }: Inode): boolean =>
  kind === 'directory' && generator !== null && generator.pid !== 0;

/** chmod, utimes and the like are the owner's right. */
export const owns = (inode: Pick<Inode, 'uid'>, creds: Credentials): boolean =>
  creds.fsuid === inode.uid || hasCap(creds, CAP.CAP_FOWNER);

const S_IXGRP = 0o010;

/** Which privileges of a program go when its owner or content changes. Linux: setattr_should_drop_suidgid. */
export function lostPrivileges({ mode, gid }: Pick<Inode, 'mode' | 'gid'>, creds: Credentials): number {
  const keepsGroup = (mode & S_IXGRP) === 0 && (hasCap(creds, CAP.CAP_FSETID) || isInGroup(creds, gid));
  return mode & (S_ISUID | (keepsGroup ? 0 : S_ISGID));
}

/** Writing to a program takes its set-id bits away, unless who writes has CAP_FSETID (Linux: file_remove_privs). */
export function dropPrivileges(vfs: Vfs, inode: Inode): void {
  if ((inode.mode & (S_ISUID | S_ISGID)) === 0) return;
  const creds = vfs.host.credentials();
  if (!hasCap(creds, CAP.CAP_FSETID)) inode.mode &= ~lostPrivileges(inode, creds);
}

/** May a name in `dir` that stands for `victim` be removed? In a sticky directory only by an owner of either. */
export function mayRemove(dir: Inode, victim: Inode, creds: Credentials): 'EACCES' | 'EPERM' | null {
  if (!mayAccess(dir, creds, MAY_WRITE | MAY_EXEC)) return 'EACCES';
  const sticky = (dir.mode & S_ISVTX) !== 0;
  return sticky && !owns(victim, creds) && creds.fsuid !== dir.uid ? 'EPERM' : null;
}

/** The credentials access(2) asks with: real ids instead of effective ones. */
export function realCredentials(creds: Credentials): Credentials {
  const { ruid, rgid, caps, securebits } = creds;
  const ids = { ...creds, fsuid: ruid, fsgid: rgid };
  if ((securebits & SECBIT.SECBIT_NO_SETUID_FIXUP) !== 0) return ids;
  return { ...ids, caps: { ...caps, effective: ruid === 0 ? caps.permitted : 0 } };
}
