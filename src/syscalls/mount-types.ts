/** File systems that mount(2) can make, by type; the data string is theirs. */
import type { Errno } from '../abi/index.ts';
import {
  isTmpfsOption,
  mqueueSuper,
  newMemorySuper,
  newProcSuper,
  type Super,
  type SuperId,
  setTmpfsOptions,
  type Vfs,
} from '../vfs/index.ts';

const existing = (vfs: Vfs, type: string): Super | undefined =>
  [...vfs.supers.values()].find((made) => made.type === type);

/** One for all, as in Linux: the one from boot. */
const shared =
  (type: string, mode: number) =>
  (vfs: Vfs): Super =>
    existing(vfs, type) ?? newMemorySuper(vfs, type, mode);

const MAKERS: Readonly<Record<string, (vfs: Vfs, data: string) => Super>> = {
  tmpfs: (vfs) => newMemorySuper(vfs, 'tmpfs', 0o1777),
  ramfs: (vfs, data) => newMemorySuper(vfs, 'ramfs', modeOption(data) ?? 0o755),
  proc: (vfs) => existing(vfs, 'proc') ?? newProcSuper(vfs),
  mqueue: mqueueSuper,
  devtmpfs: shared('devtmpfs', 0o755),
  devpts: shared('devpts', 0o755),
  sysfs: shared('sysfs', 0o555),
};

const modeOption = (data: string): number | undefined => {
  const found = /(?:^|,)mode=([0-7]+)(?:,|$)/.exec(data);
  return found === null ? undefined : Number.parseInt(found[1]!, 8) & 0o7777;
};

/** Can mount(2) make this type? */
export const isKnownType = (type: string): boolean => MAKERS[type] !== undefined;

/** Does a type take this option? Those without options of their own take any, as mount(2) has it. */
export const takesOption = (vfs: Vfs, type: string, option: string): boolean =>
  type !== 'tmpfs' || isTmpfsOption(vfs, option);

/** Makes a file system, or finds the one there is. */
export function makeSuper(vfs: Vfs, type: string, data: string): SuperId | Errno {
  const maker = MAKERS[type];
  if (maker === undefined) return 'ENODEV';
  const made = maker(vfs, data);
  if (type !== 'tmpfs' || setTmpfsOptions(vfs, made, data, true) === null) return made.id;
  vfs.inodes.delete(made.root);
  vfs.supers.delete(made.id);
  return 'EINVAL';
}
