/** /proc/PID/mounts and mountinfo. Linux: fs/proc_namespace.c. */
import { listMounts, type Mount, superOf } from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { escapeName } from './format.ts';

const MS_RDONLY = 1;
const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [2, 'nosuid'],
  [4, 'nodev'],
  [8, 'noexec'],
];

const optionsOf = ({ flags }: Mount): string =>
  [
    flags & MS_RDONLY ? 'ro' : 'rw',
    ...FLAG_NAMES.filter(([bit]) => flags & bit).map(([, name]) => name),
    'relatime',
  ].join(',');

const field = (text: string) => escapeName(text, ' \t');

export const mountsText = (k: Kernel): string =>
  listMounts(k.vfs)
    .map((mount) => {
      const { type } = superOf(k.vfs, mount.super);
      return `${field(mount.source)} ${field(mount.path)} ${type} ${optionsOf(mount)} 0 0\n`;
    })
    .join('');

export const mountinfoText = (k: Kernel): string =>
  listMounts(k.vfs)
    .map((mount) => {
      const { id, type, root, readOnly } = superOf(k.vfs, mount.super);
      const above = mount.on === null ? mount.id : mount.on.mount;
      const inside = mount.root === root ? '/' : `/${k.vfs.inodes.get(mount.root)?.name ?? ''}`;
      const where = `${field(inside)} ${field(mount.path)} ${optionsOf(mount)}`;
      const what = `${type} ${field(mount.source)} ${readOnly ? 'ro' : 'rw'}`;
      return `${mount.id} ${above} 0:${id} ${where} - ${what}\n`;
    })
    .join('');
