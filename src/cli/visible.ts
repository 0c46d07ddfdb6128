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
  show,
} from '../host-node/index.ts';
import { hasContent, nodeAt } from './layer-path.ts';
import type { MachineFlags } from './machine-flags.ts';

export interface Visible {
  readonly layers: readonly Layer[];
  readonly mounts: Readonly<Record<string, Layer>>;
  readonly cwd: string;
}

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
  const mounts = { ...shown.mounts, ...mounted.mounts };
  const extra = [shown.files, mounted.files].filter((layer) => layer !== null);
  const layers = [...image.layers, ...extra];
  const home = Number(flags.user ?? 0) === 0 && nodeAt(image, '/root') ? '/root' : '/';
  const here = hostFiles.length > 0 ? guestPath('.') : home;
  const cwd = flags.cwd ?? here;
  const isThere = [...Object.keys(mounts)].some((path) => cwd === path || cwd.startsWith(`${path}/`));
  if (flags.cwd === undefined && !isThere && !nodeAt({ layers }, cwd)) mounts[cwd] = memoryLayer('empty', {});
  return { layers, mounts: byDepth(mounts), cwd };
}

/** Outer folders are mounted before those inside them. */
const byDepth = (mounts: Record<string, Layer>): Record<string, Layer> =>
  Object.fromEntries(Object.entries(mounts).sort(([a], [b]) => a.length - b.length));

interface Mounted {
  readonly mounts: Record<string, Layer>;
  readonly files: Layer | null;
}

function readMounts(entries: readonly string[]): Mounted | Problem {
  const mounts: Record<string, Layer> = {};
  const files = new Map<string, NonNullable<ReturnType<typeof hostFile>>>();
  for (const entry of entries) {
    const parts = splitMount(entry);
    if (isProblem(parts)) return parts;
    const { host, guest } = parts;
    const file = hostFile(resolve(host));
    const layer = file === undefined ? hostLayer(host) : undefined;
    if (isProblem(layer)) return { ...layer, sentence: `--mount ${entry}: ${layer.sentence}` };
    if (layer !== undefined) mounts[guest] = layer;
    else if (file !== undefined) files.set(guest, file);
  }
  return { mounts, files: files.size > 0 ? hostFilesLayer(files) : null };
}

function splitMount(entry: string): { readonly host: string; readonly guest: string } | Problem {
  const drive = win32.parse(entry).root.length === 3 && process.platform === 'win32' ? 2 : 0;
  const [first = '', guest = '', mode = 'ro', ...more] = entry.slice(drive).split(':');
  const host = entry.slice(0, drive) + first;
  if (mode === 'rw')
    return problem(
      'mount-rw',
      `--mount ${entry}: the machine cannot write to this computer yet`,
      'Leave :rw away: the guest may write, into memory above the folder; copy results out through its output.',
    );
  if (host === '' || !guest.startsWith('/') || mode !== 'ro' || more.length > 0)
    return problem('bad-mount', `--mount ${entry}: not HOST:GUEST`, 'Write --mount ./data:/data.');
  return { host, guest };
}
