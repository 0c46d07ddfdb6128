/**
 * The open files that a blocked call goes on with, although another thread may close their descriptors meanwhile.
 * Linux: fdget(), which does without a reference, too, where nobody shares the table.
 */
import { fileAt, releaseFile, retainFile } from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';
import type { Syscall } from './syscall.ts';
import type { HeldFile, Task } from './types.ts';

/** Before the current task's call blocks: its files stay open until it ends. */
export function holdFiles(k: Kernel, { files: named = [] }: Syscall): void {
  const { call, files, vfs } = k;
  if (named.length === 0 || files.users === 1 || call.held !== null) return;
  const held: HeldFile[] = [];
  for (const i of named) {
    const fd = call.words[2 * i]!;
    const file = fileAt(vfs, files, fd);
    if (file === undefined) continue;
    retainFile(vfs, file.id);
    held.push({ fd, file: file.id });
  }
  if (held.length > 0) call.held = held;
}

/** The call is over, or begins anew. */
export function letFilesGo(k: Kernel, { ownCall }: Task): void {
  const { held } = ownCall;
  if (held === null) return;
  ownCall.held = null;
  for (const { file } of held) releaseFile(k.vfs, file);
}
