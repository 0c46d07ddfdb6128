/** From a mirror's address to a verified package index: InRelease, its signature, the Packages file. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  ARCHITECTURE,
  type ArchiveKey,
  COMPONENT,
  decompress,
  findPackage,
  gather,
  type IndexFile,
  isKeyringName,
  KEYRING_FOLDER,
  KEYRING_PACKAGE,
  lookup,
  type PackageIndex,
  packageList,
  parsePackages,
  parseRelease,
  pinnedOnly,
  type Release,
  readKeyring,
  unpackDeb,
  verifyInRelease,
} from '../image/index.ts';
import type { Store } from './image-cache.ts';
import { download, type FetchOptions, fetchText } from './image-fetch.ts';

export interface Archive {
  readonly mirror: string;
  readonly release: Release;
  readonly index: PackageIndex;
}

export interface ArchiveOptions extends FetchOptions {
  readonly mirror: string;
  readonly suite: string;
  /** A keyring file to trust instead of Debian's keys. */
  readonly keyring?: string | undefined;
  /** The folder of the machine's keyrings. */
  readonly keyrings?: string | undefined;
  /** Milliseconds since the epoch: is the Release still valid? */
  readonly now?: number | undefined;
}

/** Fetches and verifies what the archive says of itself. Nothing unverified is believed. */
export async function openArchive(store: Store, options: ArchiveOptions): Promise<Archive | Problem> {
  const { mirror, suite } = options;
  const url = `${mirror}/dists/${suite}/InRelease`;
  const file = await fetchText(url, options);
  if (isProblem(file))
    return file.code === 'not-on-mirror'
      ? problem(
          'unknown-suite',
          `the mirror ${mirror} has no suite ${suite}`,
          'Check --suite and --mirror: the address is the folder that holds dists and pool.',
        )
      : file;
  const text = await verified(store, file, options);
  if (isProblem(text)) return text;
  const release = parseRelease(text);
  if (isProblem(release)) return release;
  const wrong = unfit(release, suite, options.now ?? Date.now());
  if (wrong) return wrong;
  const index = await fetchIndex(store, release, options);
  return isProblem(index) ? index : { mirror, release, index };
}

/** A good signature on another suite, or on a Release that has run out, must not pass: both would hide updates. */
function unfit(release: Release, suite: string, now: number): Problem | undefined {
  if (release.suite !== suite && release.codename !== suite)
    return problem(
      'wrong-suite',
      `the mirror gives ${release.codename || release.suite} when asked for ${suite}`,
      'Name another mirror with --mirror.',
    );
  if (release.validUntil !== undefined && release.validUntil < now)
    return problem(
      'stale-release',
      `the mirror's index of ${suite} ran out on ${new Date(release.validUntil).toUTCString()}`,
      'Check the clock of this machine, or name another mirror with --mirror.',
    );
  return undefined;
}

async function verified(store: Store, file: string, options: ArchiveOptions): Promise<string | Problem> {
  if (options.keyring !== undefined) {
    const bytes = await readFile(options.keyring).catch(() => undefined);
    const keys = bytes ? await readKeyring(bytes) : [];
    if (keys.length === 0)
      return problem(
        'bad-keyring',
        `the file ${options.keyring} holds no OpenPGP keys`,
        'Give a keyring file such as /usr/share/keyrings/debian-archive-keyring.gpg.',
      );
    return verifyInRelease(file, keys);
  }
  const keys = await machineKeys(options.keyrings ?? KEYRING_FOLDER);
  const first = keys.length > 0 ? await verifyInRelease(file, keys) : undefined;
  if (first !== undefined && (!isProblem(first) || first.code !== 'unknown-key')) return first;
  const pinned = await pinnedKeys(store, file, options);
  return isProblem(pinned) ? pinned : verifyInRelease(file, pinned);
}

async function machineKeys(folder: string): Promise<readonly ArchiveKey[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isKeyringName);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name)).catch(() => undefined)));
  const keys = await Promise.all(files.map((bytes) => (bytes ? readKeyring(bytes) : [])));
  return keys.flat();
}

/**
 * Without a keyring on the machine: the keyring package comes from the very mirror that is not trusted yet, and
 * of the keys in it only those with a pinned fingerprint count. A mirror that lies gains nothing by it.
 */
async function pinnedKeys(
  store: Store,
  inRelease: string,
  options: ArchiveOptions,
): Promise<readonly ArchiveKey[] | Problem> {
  const release = parseRelease(inRelease);
  if (isProblem(release)) return release;
  const index = await fetchIndex(store, release, options);
  if (isProblem(index)) return index;
  const found = findPackage(index, KEYRING_PACKAGE);
  if (!found)
    return problem(
      'no-keys',
      'the mirror has no debian-archive-keyring package and this machine has no Debian keyring',
      'Install debian-archive-keyring, or give --keyring FILE.',
    );
  const path = join(store.downloads, `${found.sha256}.deb`);
  const wrong = await download(`${options.mirror}/${found.filename}`, path, found, options);
  if (wrong) return wrong;
  const pack: Uint8Array[] = [];
  const deb = await unpackDeb(await readFile(path), {
    write: async (bytes) => void pack.push(bytes.slice()),
  });
  if (isProblem(deb)) return deb;
  const bytes = Buffer.concat(pack);
  const folder = lookup(deb.root, KEYRING_FOLDER);
  const keys: ArchiveKey[] = [];
  for (const [name, node] of folder?.kind === 'directory' ? folder.entries : [])
    if (node.kind === 'file' && isKeyringName(name))
      keys.push(...(await readKeyring(bytes.subarray(node.blob.offset, node.blob.offset + node.size))));
  return pinnedOnly(keys);
}

async function fetchIndex(
  store: Store,
  release: Release,
  options: ArchiveOptions,
): Promise<PackageIndex | Problem> {
  const file = packageList(release, COMPONENT, ARCHITECTURE);
  if (isProblem(file)) return file;
  const path = join(store.lists, file.sha256);
  const wrong = await fetchList(file, path, release, options);
  if (wrong) return wrong;
  const text = new TextDecoder().decode(await gather(await decompress(file.path, await readFile(path))));
  return parsePackages(text);
}

/** By its hash where the archive offers that (a mirror that is just being updated stays consistent), else by name. */
async function fetchList(
  file: IndexFile,
  path: string,
  release: Release,
  options: ArchiveOptions,
): Promise<Problem | undefined> {
  const base = `${options.mirror}/dists/${options.suite}`;
  const folder = file.path.replace(/[^/]*$/, '');
  if (release.acquireByHash) {
    const wrong = await download(`${base}/${folder}by-hash/SHA256/${file.sha256}`, path, file, options);
    if (wrong?.code !== 'not-on-mirror') return wrong;
  }
  return download(`${base}/${file.path}`, path, file, options);
}
