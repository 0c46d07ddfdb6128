/** The lock file of an image: every layer with its version and hashes, low to high. */
import { type Problem, problem } from '../base/index.ts';

export const LOCK_FORMAT = 1;

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Below the mirror's address: where the package can be had again, and its source beside it. */
  readonly filename: string;
  readonly size: number;
  /** Of the .deb; names the layer's folder in the cache. */
  readonly sha256: string;
  /** SHA-256 of the layer's index, which holds that of its pack: what the layer's content is. */
  readonly index: string;
}

/** A layer that no package brought: the configuration layer, or what a command in the machine left at set-up. */
interface GeneratedLayer {
  readonly label: string;
  /** SHA-256 of the layer's index; names the layer's folder too. */
  readonly index: string;
}

export interface Lock {
  readonly format: number;
  /** Where the packages came from; no part of the image's identity. */
  readonly origin: {
    readonly mirror: string;
    readonly suite: string;
    readonly version: string;
    readonly date: string;
  };
  readonly architecture: string;
  /** Packages that were asked for beyond the default set; pulling again keeps them. */
  readonly added: readonly string[];
  readonly packages: readonly LockedPackage[];
  readonly generated: readonly GeneratedLayer[];
}

/** The layers' folders in the cache, low to high, with the hash each index must have. */
export const layersOf = (lock: Lock): readonly { readonly folder: string; readonly index: string }[] => [
  ...lock.packages.map(({ sha256, index }) => ({ folder: sha256, index })),
  ...lock.generated.map(({ index }) => ({ folder: index, index })),
];

/** What the image's id is the SHA-256 of: its content, not where it came from. */
export const identityText = (lock: Lock): string =>
  layersOf(lock)
    .map(({ index }) => `${index}\n`)
    .join('');

const HEX = /^[0-9a-f]{64}$/;

export function parseLock(text: string): Lock | Problem {
  try {
    const lock = JSON.parse(text) as Lock;
    const fine =
      lock.format === LOCK_FORMAT &&
      Array.isArray(lock.added) &&
      layersOf(lock).every(({ folder, index }) => HEX.test(folder) && HEX.test(index));
    if (fine) return lock;
  } catch {}
  return problem(
    'damaged-lock',
    'the lock file of the image is damaged or of another version of timeslice',
    'Remove the image with `timeslice image rm` and pull it again.',
  );
}
