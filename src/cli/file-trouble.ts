/** What a failed call on a file of this computer means, in words. */
import { type Problem, problem } from '../base/index.ts';

const CAUSES: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['there is no such file or folder', 'Check the path.'],
  EACCES: ['permission denied', 'Change its permissions, or use another folder.'],
  EPERM: ['permission denied', 'Change its permissions, or use another folder.'],
  EISDIR: ['this is a folder', 'Give a file.'],
  ENOTDIR: ['a part of the path is no folder', 'Check the path.'],
  ENOSPC: ['the disk is full', 'Free some space, or use another disk.'],
  EROFS: ['the file system is read-only', 'Use another folder.'],
};

/** The problem of a file system error; any other error is thrown on. */
export function fileTrouble(error: unknown): Problem {
  const { code, path } = error as NodeJS.ErrnoException;
  const cause = CAUSES[code ?? ''];
  if (cause === undefined) throw error;
  return problem('file', `${path ?? 'the file'}: ${cause[0]}`, cause[1]);
}
