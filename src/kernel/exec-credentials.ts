/**
 * Who a program runs as: set-user-ID and set-group-ID bits, capabilities of files, and what they do to those of the
 * task. man 7 capabilities, "Transformation of capabilities during execve"; Linux: security/commoncap.c.
 */
import { CAP, type Errno, SECBIT } from '../abi/index.ts';
import {
  type CapSet,
  type Credentials,
  capsAnd,
  capsOr,
  capsWithin,
  inCaps,
  MS_NOSUID,
  S_ISGID,
  S_ISUID,
} from '../vfs/index.ts';
import type { Program } from './exec-script.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './types.ts';

/** The credentials of a program, and whether it must not trust its environment (AT_SECURE). */
export interface ProgramCredentials {
  readonly credentials: Credentials;
  readonly secure: boolean;
}

const S_IXGRP = 0o010;

/** What a file gives: the value of its security.capability. */
interface FileCapabilities {
  readonly permitted: CapSet;
  readonly inheritable: CapSet;
  readonly effective: boolean;
}

/** Sizes of struct vfs_cap_data by revision; the third names the namespace's root behind it. */
const CAP_SIZES: Readonly<Record<number, number>> = { 1: 12, 2: 20, 3: 24 };

/** Linux: get_vfs_caps_from_disk(). Null for a file without them. */
function fileCapabilities({ inode }: Program): FileCapabilities | null | 'EINVAL' {
  const bytes = inode.xattrs?.get('security.capability');
  if (bytes === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = bytes.length < 4 ? 0 : view.getUint32(0, true);
  const revision = magic >>> 24;
  if (CAP_SIZES[revision] !== bytes.length) return 'EINVAL';
  const word = (at: number) => (at + 4 <= Math.min(bytes.length, 20) ? view.getUint32(at, true) : 0);
  return {
    permitted: word(4) + (word(12) & 0x1ff) * 2 ** 32,
    inheritable: word(8) + (word(16) & 0x1ff) * 2 ** 32,
    effective: (magic & 1) === 1,
  };
}

/** Somebody looks on who may not have what the program gets: a tracer, or a thread that shares directories. */
function isWatchedBy(k: Kernel, task: Task): boolean {
  const tracer = task.traced === null ? undefined : k.tasks.get(task.traced.tracer as never);
  return tracer !== undefined && !inCaps(tracer.credentials.caps.effective, CAP.CAP_SYS_PTRACE);
}

/** Credentials of `task` after it has executed the program. */
export function credentialsFor(k: Kernel, task: Task, program: Program): ProgramCredentials | Errno {
  const old = task.credentials;
  const mount = k.vfs.mounts.get(program.place.mount);
  const trusts = !task.noNewPrivileges && ((mount?.flags ?? 0) & MS_NOSUID) === 0;
  const { mode, uid, gid } = program.inode;
  let euid = trusts && (mode & S_ISUID) !== 0 ? uid : old.euid;
  let egid = trusts && (mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP) ? gid : old.egid;
  const file = trusts ? fileCapabilities(program) : null;
  if (file === 'EINVAL') return file;
  const gained = gain(old, euid, file);
  if (gained === 'EPERM') return gained;
  let { permitted } = gained;
  const changes = euid !== old.ruid || egid !== old.rgid;
  if ((changes || !capsWithin(permitted, old.caps.permitted)) && isWatchedBy(k, task)) {
    [euid, egid] = [old.ruid, old.rgid];
    permitted = capsAnd(permitted, old.caps.permitted);
  }
  const isSetId = euid !== old.ruid || egid !== old.rgid;
  const ambient = file !== null || isSetId ? 0 : old.caps.ambient;
  permitted = capsOr(permitted, ambient);
  const effective = gained.effective ? permitted : ambient;
  const caps = { ...old.caps, permitted, effective, ambient };
  const secure = isSetId || (old.ruid !== 0 && (gained.effective || !capsWithin(permitted, ambient)));
  return {
    credentials: {
      ...old,
      euid,
      suid: euid,
      fsuid: euid,
      egid,
      sgid: egid,
      fsgid: egid,
      caps,
      securebits: old.securebits & ~SECBIT.SECBIT_KEEP_CAPS,
    },
    secure,
  };
}

/** What the file and the user's being root give. Linux: bprm_caps_from_vfs_caps(), handle_privileged_root(). */
function gain(
  { ruid, caps: { bounding, inheritable }, securebits }: Credentials,
  euid: number,
  file: FileCapabilities | null,
): { readonly permitted: CapSet; readonly effective: boolean } | 'EPERM' {
  let permitted = 0;
  if (file !== null) {
    permitted = capsOr(capsAnd(bounding, file.permitted), capsAnd(inheritable, file.inheritable));
    // A program that needs what it cannot get must not run without it.
    if (file.effective && !capsWithin(file.permitted, permitted)) return 'EPERM';
  }
  let effective = file?.effective ?? false;
  const hasRoot = (securebits & SECBIT.SECBIT_NOROOT) === 0;
  if (!hasRoot || (file !== null && ruid !== 0 && euid === 0)) return { permitted, effective };
  if (euid === 0 || ruid === 0) permitted = capsOr(bounding, inheritable);
  if (euid === 0) effective = true;
  return { permitted, effective };
}
