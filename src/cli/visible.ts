/** What of this computer the guest sees, and where its program begins. */
import { resolve, win32 } from 'node:path';
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  guestPath,
  hostFile,
  hostFilesLayer,
  hostLayer,
  type Layer,
  type LayeredImage,
  memoryLayer,
  type Shown,
  show,
  unwritable,
} from '../host-node/index.ts';
import { hasContent, nodeAt } from './layer-path.ts';
import type { MachineFlags } from './machine-flags.ts';

export interface Visible {
  readonly layers: readonly Layer[];
  readonly mounts: Readonly<Record<string, Layer>>;
  readonly cwd: string;
  readonly writable: Writable;
}

/** Folders of this computer that the guest may change, by their path in the machine. */
export type Writable = Readonly<Record<string, string>>;

/** Puts together the image, the named files' folders, and what `--mount` says. */
export function makeVisible(
  image: LayeredImage,
  hostFiles: readonly string[],
  flags: Pick<MachineFlags, 'mount' | 'cwd' | 'host' | 'user'>,
): Visible | Problem {
  const shown = show(hostFiles, (path) => hasContent(image, path));
  if (isProblem(shown)) return shown;
  const mounted = readMounts(flags.mount ?? []);
  if (isProblem(mounted)) return mounted;
  const mounts = { ...notInside(shown.mounts, mounted.writable), ...mounted.mounts };
  const extra = [shown.files, mounted.files].filter((layer) => layer !== null);
  const layers = [...image.layers, ...extra];
  const home = Number(flags.user ?? 0) === 0 && nodeAt(image, '/root') ? '/root' : '/';
  const here = hostFiles.length > 0 ? guestPath('.') : home;
  const cwd = flags.cwd ?? here;
  const isThere = [...Object.keys(mounts)].some((path) => cwd === path || cwd.startsWith(`${path}/`));
  if (flags.cwd === undefined && !isThere && !nodeAt({ layers }, cwd)) mounts[cwd] = memoryLayer('empty', {});
  return { layers, mounts: byDepth(mounts), cwd, writable: mounted.writable };
}

/** A named file's folder inside one that is mounted rw in its own place is part of that: it can be changed, too. */
function notInside(shown: Shown['mounts'], writable: Writable): Record<string, Layer> {
  const same = Object.keys(writable).filter((guest) => guest === guestPath(writable[guest]!));
  return Object.fromEntries(
    Object.entries(shown).filter(([path]) => !same.some((guest) => path.startsWith(`${guest}/`))),
  );
}

/** Outer folders are mounted before those inside them. */
const byDepth = (mounts: Record<string, Layer>): Record<string, Layer> =>
  Object.fromEntries(Object.entries(mounts).sort(([a], [b]) => a.length - b.length));

interface Mounted {
  readonly mounts: Record<string, Layer>;
  readonly files: Layer | null;
  readonly writable: Writable;
}

function readMounts(entries: readonly string[]): Mounted | Problem {
  const mounts: Record<string, Layer> = {};
  const files = new Map<string, NonNullable<ReturnType<typeof hostFile>>>();
  const writable: Record<string, string> = {};
  for (const entry of entries) {
    const parts = splitMount(entry);
    if (isProblem(parts)) return parts;
    const { host, guest, isWritable } = parts;
    const file = hostFile(resolve(host));
    const layer = file === undefined ? hostLayer(host) : undefined;
    if (isProblem(layer)) return { ...layer, sentence: `--mount ${entry}: ${layer.sentence}` };
    const wrong = isWritable ? whyReadOnly(entry, host, layer) : null;
    if (wrong !== null) return wrong;
    delete writable[guest];
    if (isWritable) writable[guest] = resolve(host);
    if (layer !== undefined) mounts[guest] = layer;
    else if (file !== undefined) files.set(guest, file);
  }
  return { mounts, files: files.size > 0 ? hostFilesLayer(files) : null, writable };
}

function whyReadOnly(entry: string, host: string, layer: Layer | undefined): Problem | null {
  if (layer === undefined)
    return problem('mount-rw', `--mount ${entry}: only a folder can be mounted rw`, 'Mount its folder.');
  const wrong = unwritable(host);
  return wrong === null ? null : { ...wrong, sentence: `--mount ${entry}: ${wrong.sentence}` };
}

interface MountParts {
  readonly host: string;
  readonly guest: string;
  readonly isWritable: boolean;
}

function splitMount(entry: string): MountParts | Problem {
  const drive = win32.parse(entry).root.length === 3 && process.platform === 'win32' ? 2 : 0;
  const [first = '', guest = '', mode = 'ro', ...more] = entry.slice(drive).split(':');
  const host = entry.slice(0, drive) + first;
  const isMode = mode === 'ro' || mode === 'rw';
  if (host === '' || !guest.startsWith('/') || !isMode || more.length > 0)
    return problem(
      'bad-mount',
      `--mount ${entry}: not HOST:GUEST or HOST:GUEST:rw`,
      'Write --mount ./data:/data.',
    );
  return { host, guest, isWritable: mode === 'rw' };
}
