/** fcntl(F_NOTIFY): a signal when something happens in a directory. Linux: fs/notify/dnotify. */
import type { Errno } from '../abi/index.ts';
import { inodeOf } from './inode.ts';
import { addMark, forgetMark, IN, type Mark } from './mark.ts';
import type { OpenFile } from './types.ts';
import type { Vfs } from './vfs.ts';

const DN_MULTISHOT = 0x80000000 | 0;

/** DN_* bits and what they stand for. */
const EVENTS: readonly (readonly [asked: number, mask: number])[] = [
  [1, IN.IN_ACCESS],
  [2, IN.IN_MODIFY],
  [4, IN.IN_CREATE | IN.IN_MOVED_TO],
  [8, IN.IN_DELETE | IN.IN_MOVED_FROM],
  [0x10, IN.IN_MOVED_FROM],
  [0x20, IN.IN_ATTRIB],
];

const marksOf = (vfs: Vfs, file: OpenFile): Mark[] =>
  file.inode === 0 ? [] : (vfs.marks.get(file.inode)?.filter((mark) => mark.file === file.id) ?? []);

/** Asks for signals about a directory; without events, for none any more. */
export function notifyOf(vfs: Vfs, file: OpenFile, fd: number, asked: number): 0 | Errno {
  const mask = EVENTS.reduce((bits, [bit, events]) => (asked & bit ? bits | events : bits), 0);
  if (mask === 0) {
    forgetNotify(vfs, file);
    return 0;
  }
  if (file.inode === 0 || inodeOf(vfs, file.inode).kind !== 'directory') return 'ENOTDIR';
  const [known] = marksOf(vfs, file);
  const once = (asked & DN_MULTISHOT) === 0 ? IN.IN_ONESHOT : 0;
  if (known === undefined)
    addMark(vfs, { group: 0, wd: fd, inode: file.inode, mask: mask | once, file: file.id });
  else known.mask = (known.mask & ~IN.IN_ONESHOT) | mask | once;
  return 0;
}

/** The directory was closed. */
export function forgetNotify(vfs: Vfs, file: OpenFile): void {
  if (vfs.marks.size > 0) for (const mark of marksOf(vfs, file)) forgetMark(vfs, mark);
}
