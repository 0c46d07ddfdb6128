/** Options of tmpfs: how large it may become, and whose its root is. man 5 tmpfs; Linux: shmem_parse_one. */
import { layout } from '../memory/index.ts';
import { inodeOf } from './inode.ts';
import type { Super, Vfs } from './vfs.ts';

/** What the options say; what they do not mention is absent. */
interface Options {
  pages?: number;
  inodes?: number;
  mode?: number;
  uid?: number;
  gid?: number;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A number with a unit, as memparse reads it; null when it is none. */
function amount(text: string): number | null {
  const found = /^(0x[0-9a-f]+|[0-9]+)([kmgt]?)$/i.exec(text);
  return found === null ? null : Number(found[1]) * UNITS[found[2]!.toLowerCase()]!;
}

const number = (text: string, base: number): number | null => {
  const pattern = base === 8 ? /^[0-7]+$/ : /^[0-9]+$/;
  return pattern.test(text) ? Number.parseInt(text, base) : null;
};

/** Each option with a value: gives false when the value is none. */
type Reader = (vfs: Vfs, text: string, into: Options) => boolean;

const put =
  (key: keyof Options, read: (text: string) => number | null): Reader =>
  (_vfs, text, into) => {
    const value = read(text);
    if (value !== null) into[key] = value;
    return value !== null;
  };

/** Zero means no bound. */
const bound = (value: number | null): number | null => (value === 0 ? Number.POSITIVE_INFINITY : value);
const pagesOf = (bytes: number | null) =>
  bytes === null ? null : bound(Math.ceil(bytes / layout.PAGE_SIZE));

const READERS: Readonly<Record<string, Reader>> = {
  size: (vfs, text, into) => {
    const percent = /^([0-9]+)%$/.exec(text);
    const share = percent === null ? null : Math.floor((Number(percent[1]) * vfs.memory.frames.total) / 100);
    const pages = share ?? pagesOf(amount(text));
    if (pages !== null) into.pages = pages;
    return pages !== null;
  },
  nr_blocks: put('pages', (text) => bound(amount(text))),
  nr_inodes: put('inodes', (text) => bound(amount(text))),
  mode: put('mode', (text) => number(text, 8)),
  uid: put('uid', (text) => number(text, 10)),
  gid: put('gid', (text) => number(text, 10)),
  huge: (_vfs, text) => text === 'never',
  mpol: (_vfs, text) => text === 'default' || text === 'local',
};
const WORDS: ReadonlySet<string> = new Set(['inode32', 'inode64', 'noswap', 'noacl']);

function parse(vfs: Vfs, data: string): Options | 'EINVAL' {
  const options: Options = {};
  for (const word of data.split(',')) {
    if (word === '' || WORDS.has(word)) continue;
    const at = word.indexOf('=');
    const reader = at < 0 ? undefined : READERS[word.slice(0, at)];
    if (reader === undefined || !reader(vfs, word.slice(at + 1), options)) return 'EINVAL';
  }
  return options;
}

/** Is this one option that tmpfs takes? */
export const isTmpfsOption = (vfs: Vfs, option: string): boolean => parse(vfs, option) !== 'EINVAL';

/** Linux: half of the memory, and as many inodes as pages. */
const halfOf = (vfs: Vfs) => Math.floor(vfs.memory.frames.total / 2);

/** What a tmpfs may hold: set when it is mounted (with defaults) or mounted again (what is named). */
export function setTmpfsOptions(vfs: Vfs, made: Super, data: string, isNew: boolean): 'EINVAL' | null {
  const options = parse(vfs, data);
  if (options === 'EINVAL') return options;
  const half = halfOf(vfs);
  const pages = options.pages ?? (isNew ? half : made.maxPages);
  const inodes = options.inodes ?? (isNew ? half : made.maxInodes);
  if (pages < made.pages || inodes < made.inodes) return 'EINVAL';
  made.maxPages = pages;
  made.maxInodes = inodes;
  const root = inodeOf(vfs, made.root);
  if (isNew) Object.assign(root, { mode: 0o1777, ...withoutBounds(options) });
  made.options = textOf(vfs, made);
  return null;
}

const withoutBounds = ({ mode, uid, gid }: Options): Partial<Options> => ({
  ...(mode !== undefined && { mode: mode & 0o7777 }),
  ...(uid !== undefined && { uid }),
  ...(gid !== undefined && { gid }),
});

/** Linux: shmem_show_options tells what is not the default. */
function textOf(vfs: Vfs, made: Super): string {
  const { mode, uid, gid } = inodeOf(vfs, made.root);
  const half = halfOf(vfs);
  const kib = Number.isFinite(made.maxPages) ? (made.maxPages * layout.PAGE_SIZE) / 1024 : 0;
  return [
    made.maxPages === half ? '' : `,size=${kib}k`,
    made.maxInodes === half ? '' : `,nr_inodes=${Number.isFinite(made.maxInodes) ? made.maxInodes : 0}`,
    mode === 0o1777 ? '' : `,mode=${mode.toString(8).padStart(3, '0')}`,
    uid === 0 ? '' : `,uid=${uid}`,
    gid === 0 ? '' : `,gid=${gid}`,
  ].join('');
}
