/**
 * What of this computer a guest sees without being told: the folders of the files that a command line names. A
 * home folder, a root, or what lies above a home folder is never shown whole: there just the named files.
 */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, resolve, sep } from 'node:path';
import { isProblem, type Problem, problem } from '../base/index.ts';
import type { Layer, LayerNode } from '../vfs/index.ts';
import { hostFile, hostFilesLayer, hostLayer } from './host-layer.ts';

/** What to give a machine so that the guest sees it. */
export interface Shown {
  /** Whole folders, by their path in the machine. */
  readonly mounts: Readonly<Record<string, Layer>>;
  /** A layer of single files, to lie above the image's, or null. */
  readonly files: Layer | null;
}

/** A path of this computer as the guest knows it: `C:\work` is `/c/work`. */
export const guestPath = (path: string): string =>
  sep === '/'
    ? resolve(path)
    : `/${resolve(path)
        .replace(/^(\w):/, (_, drive) => drive.toLowerCase())
        .replaceAll(sep, '/')}`;

/** Where systems keep the home folders of all their users. */
const HOMES = new Set(['/home', '/Users', '/var/home']);

/** May this folder be shown because a file in it was named? */
export function mayShow(folder: string, home = homedir()): boolean {
  const path = realpathSync(folder);
  const isAbove = `${home}${sep}`.startsWith(path.endsWith(sep) ? path : `${path}${sep}`);
  return !isAbove && path !== '/root' && !HOMES.has(path) && !HOMES.has(dirname(path));
}

/** Folders that every machine makes for itself, and what lies in them. */
const OWN = /^\/(proc|sys|dev|run)(\/|$)/;

/** Is there a file of this computer under the name, that a guest could be shown? */
export function isHostFile(path: string): boolean {
  try {
    return statSync(path).isFile() && !OWN.test(guestPath(path));
  } catch {
    return false;
  }
}

/** Why a file cannot be read, or null. */
export function unreadable(path: string): Problem | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch {
    return problem('unreadable', `${path}: you may not read this file`, 'Change its permissions (chmod +r).');
  }
}

/**
 * Shows named files, each with its folder. `has` tells which folders the image has something in: there the guest
 * keeps the image's, and sees just the named file.
 */
export function show(paths: readonly string[], has: (path: string) => boolean): Shown | Problem {
  const mounts: Record<string, Layer> = {};
  const files = new Map<string, LayerNode>();
  for (const [folder, named] of byFolder(paths)) {
    const place = guestPath(folder);
    const nodes = named.map((path) => [`/${basename(path)}`, hostFile(path)!] as const);
    if (has(place)) for (const [name, node] of nodes) files.set(place + name, node);
    else {
      const layer = mayShow(folder) ? hostLayer(folder) : hostFilesLayer(new Map(nodes));
      if (isProblem(layer)) return layer;
      mounts[place] = layer;
    }
  }
  return { mounts, files: files.size > 0 ? hostFilesLayer(files) : null };
}

function byFolder(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths.map((each) => resolve(each)))
    folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
  return folders;
}
