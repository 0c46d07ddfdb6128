/** /proc/PID/mounts, mountinfo and mountstats. Linux: fs/proc_namespace.c. */
import {
  type Inode,
  inodeOf,
  listMounts,
  type Mount,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  superOf,
} from '../../vfs/index.ts';
import type { Kernel } from '../kernel.ts';
import { escapeName } from './format.ts';
import type { Who } from './who.ts';

/** In the order of Linux's show_mnt_opts. */
const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [MS_NOSUID, 'nosuid'],
  [MS_NODEV, 'nodev'],
  [MS_NOEXEC, 'noexec'],
  [MS_NOATIME, 'noatime'],
  [MS_NODIRATIME, 'nodiratime'],
  [MS_RELATIME, 'relatime'],
  [MS_NOSYMFOLLOW, 'nosymfollow'],
];

const flagsOf = ({ flags }: Mount): string =>
  FLAG_NAMES.filter(([bit]) => flags & bit)
    .map(([, name]) => `,${name}`)
    .join('');

const field = (text: string) => escapeName(text, ' \t');

/** As the process's root shows them; a zombie has none. */
const mountsOf = (k: Kernel, { task }: Who) => {
  const context = k.fsContexts.get(task.fs);
  return context === undefined ? [] : listMounts(k.vfs, context.root);
};

export const mountsText = (k: Kernel, who: Who): string =>
  mountsOf(k, who)
    .map(({ mount, path }) => {
      const { type, readOnly, options } = superOf(k.vfs, mount.super);
      const access = readOnly || mount.flags & MS_RDONLY ? 'ro' : 'rw';
      return `${field(mount.source)} ${field(path)} ${type} ${access}${flagsOf(mount)}${options} 0 0\n`;
    })
    .join('');

export const mountstatsText = (k: Kernel, who: Who): string =>
  mountsOf(k, who)
    .map(({ mount, path }) => {
      const { type } = superOf(k.vfs, mount.super);
      return `device ${field(mount.source)} mounted on ${field(path)} with fstype ${type}\n`;
    })
    .join('');

/** What of its file system a mount shows. */
function insideOf(k: Kernel, mount: Mount): string {
  const { root } = superOf(k.vfs, mount.super);
  const names: string[] = [];
  let here: Inode = inodeOf(k.vfs, mount.root);
  if (here.kind !== 'directory') return `/${mount.path.slice(mount.path.lastIndexOf('/') + 1)}`;
  while (here.id !== root && here.parent !== 0) {
    names.unshift(here.name);
    here = inodeOf(k.vfs, here.parent);
  }
  return `/${names.join('/')}`;
}

const propagationOf = ({ peers, master, isUnbindable }: Mount): string =>
  (peers === 0 ? '' : ` shared:${peers}`) +
  (master === 0 ? '' : ` master:${master}`) +
  (isUnbindable ? ' unbindable' : '');

export const mountinfoText = (k: Kernel, who: Who): string =>
  mountsOf(k, who)
    .map(({ mount, path }) => {
      const { id, type, readOnly, options } = superOf(k.vfs, mount.super);
      const above = mount.on === null ? mount.id : mount.on.mount;
      const access = mount.flags & MS_RDONLY ? 'ro' : 'rw';
      const where = `${field(insideOf(k, mount))} ${field(path)} ${access}${flagsOf(mount)}`;
      const what = `${type} ${field(mount.source)} ${readOnly ? 'ro' : 'rw'}${options}`;
      return `${mount.id} ${above} 0:${id} ${where}${propagationOf(mount)} - ${what}\n`;
    })
    .join('');
