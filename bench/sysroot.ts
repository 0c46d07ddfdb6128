/** Writes an image's tree into a folder, so that QEMU can run the same programs with `-L`. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProblem } from '../src/base/index.ts';
import { cacheFolder, openImage } from '../src/host-node/index.ts';
import type { Layer, LayerDirectory } from '../src/vfs/index.ts';

function extract(layer: Layer, directory: LayerDirectory, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const [name, node] of layer.list(directory)) {
    const path = join(to, name);
    if (node.kind === 'directory') extract(layer, node, path);
    else if (node.kind === 'symlink') symlinkSync(node.target, path);
    else {
      const bytes = new Uint8Array(node.size);
      layer.read(node, 0, bytes);
      writeFileSync(path, bytes, { mode: node.mode & 0o777 });
    }
  }
}

/** The folder, made when it is not there; undefined when there is no such image. */
export function sysroot(image: string, folder: string): string | undefined {
  if (existsSync(folder)) return folder;
  const opened = openImage(cacheFolder(), image);
  if (isProblem(opened)) return undefined;
  for (const layer of opened.layers) extract(layer, layer.root, folder);
  opened.close();
  return folder;
}
