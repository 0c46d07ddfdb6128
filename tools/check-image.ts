/**
 * Checks unpacked images against dpkg itself: extracts the same .debs with `dpkg-deb -x` into one folder and
 * compares every path, mode, owner, time, link and byte with the image's merged tree. Run as root on Debian:
 *
 *     npx tsx tools/check-image.ts [IMAGE]
 */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProblem } from '../src/base/index.ts';
import { cacheFolder, openImage, pullImage } from '../src/host-node/index.ts';
import type { Layer, LayerDirectory, LayerNode } from '../src/vfs/index.ts';

const name = process.argv[2] ?? 'debian';
const folder = mkdtempSync(join(tmpdir(), 'timeslice-check-'));
const debs = join(folder, 'debs');
const tree = join(folder, 'tree');
/** What the configuration layer replaces on purpose, as base-files' postinst does. */
const MIGRATED = ['/var/run', '/var/lock'];
const differences: string[] = [];
let compared = 0;

try {
  const pulled = await pullImage({ name, keep: debs });
  if (isProblem(pulled)) throw new Error(pulled.sentence);
  for (const { filename } of pulled.lock.packages)
    execFileSync('dpkg-deb', ['-x', join(debs, filename.replace(/.*\//, '')), tree]);
  const image = openImage(cacheFolder(), name);
  if (isProblem(image)) throw new Error(image.sentence);
  const layer = image.layers[0]!;
  compare(layer, layer.root, '', tree);
  console.log(`${compared} paths of ${pulled.lock.packages.length} packages compared`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const line of differences) console.log(line);
process.exitCode = differences.length > 0 ? 1 : 0;

function compare(layer: Layer, directory: LayerDirectory, path: string, real: string): void {
  const entries = layer.list(directory);
  for (const child of readdirSync(real)) {
    const here = `${path}/${child}`;
    const node = entries.get(child);
    compared++;
    if (MIGRATED.includes(here)) continue;
    if (!node) differences.push(`${here}: not in the image`);
    else compareNode(layer, node, here, join(real, child));
  }
}

function compareNode(layer: Layer, node: LayerNode, path: string, real: string): void {
  const facts = lstatSync(real);
  const kind = facts.isDirectory() ? 'directory' : facts.isSymbolicLink() ? 'symlink' : 'file';
  const said = [node.kind, node.mode.toString(8), node.uid, node.gid];
  const seen = [kind, (facts.mode & 0o7777).toString(8), facts.uid, facts.gid];
  if (said.join() !== seen.join())
    differences.push(`${path}: ${said.join()} in the image, ${seen.join()} on disk`);
  if (kind !== 'directory' && node.mtime !== Math.floor(facts.mtimeMs / 1000))
    differences.push(`${path}: mtime ${node.mtime} in the image, ${facts.mtimeMs / 1000} on disk`);
  if (node.kind === 'directory' && kind === 'directory') compare(layer, node, path, real);
  if (node.kind === 'symlink' && kind === 'symlink' && node.target !== readlinkSync(real))
    differences.push(`${path}: -> ${node.target} in the image, -> ${readlinkSync(real)} on disk`);
  if (node.kind !== 'file' || kind !== 'file') return;
  const bytes = new Uint8Array(node.size + 1);
  const count = layer.read(node, 0, bytes);
  if (count !== node.size || !readFileSync(real).equals(bytes.subarray(0, count)))
    differences.push(`${path}: other bytes`);
}
