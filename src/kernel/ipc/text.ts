/** /proc/sysvipc. Linux: sysvipc_*_proc_show(). */
import type { Kernel } from '../kernel.ts';
import { attachments } from './shm.ts';
import { type IpcPerm, objectsOf } from './table.ts';

const right = (value: number, width: number): string => String(value).padStart(width);
const head = ({ key, id, mode }: IpcPerm): string =>
  `${right(key, 10)} ${right(id, 10)}  ${mode.toString(8).padStart(4)} `;
const fields = (values: readonly number[], width: number): string =>
  values.map((value) => right(value, width)).join(' ');
const owners = ({ uid, gid, cuid, cgid }: IpcPerm): string => fields([uid, gid, cuid, cgid], 5);

const PAGE = 4096;

export const shmText = (k: Kernel): string =>
  '       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid' +
  '      atime      dtime      ctime                   rss                  swap\n' +
  objectsOf(k.ipc.segments)
    .map((segment) => {
      const { perm, size, creator, lastPid, attached, detached, changed, pages } = segment;
      const rss = k.memory.objects.get(pages).pages.size * PAGE;
      return [
        `${head(perm)}${right(size, 21)} ${right(creator, 5)} ${right(lastPid, 5)} `,
        ` ${right(attachments(k, segment), 5)} ${owners(perm)} ${fields([attached, detached, changed], 10)} `,
        `${fields([rss, 0], 21)}\n`,
      ].join('');
    })
    .join('');

export const semText = (k: Kernel): string =>
  '       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n' +
  objectsOf(k.ipc.sets)
    .map(
      ({ perm, values, operated, changed }) =>
        `${head(perm)}${right(values.length, 10)} ${owners(perm)} ${fields([operated, changed], 10)}\n`,
    )
    .join('');

export const msgText = (k: Kernel): string =>
  '       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n' +
  objectsOf(k.ipc.queues)
    .map(({ perm, bytes, messages, lastSender, lastReceiver, sent, received, changed }) =>
      [
        `${head(perm)} ${fields([bytes, messages.length], 10)} ${fields([lastSender, lastReceiver], 5)} `,
        `${owners(perm)} ${fields([sent, received, changed], 10)}\n`,
      ].join(''),
    )
    .join('');
