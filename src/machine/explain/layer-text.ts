/** The text of a file as the layers have it, below a machine and without its knowledge. */
import { decodeUtf8 } from '../../base/index.ts';
import type { Layer, LayerNode } from '../../vfs/index.ts';
import type { Settings } from '../options.ts';

/** What is larger was not written by hand. */
const MOST_BYTES = 2 ** 24;

/** Null when no layer has it in this very place. */
export function layerText({ layers, mounts }: Settings, path: string): string | null {
  const mounted = mounts
    .filter((mount) => path.startsWith(`${mount.path}/`))
    .sort((a, b) => b.path.length - a.path.length)
    .map((mount) => textIn(mount.layer, path.slice(mount.path.length)));
  const found = [...mounted, ...layers.toReversed().map((layer) => textIn(layer, path))];
  return found.find((text) => text !== null) ?? null;
}

function textIn(layer: Layer, path: string): string | null {
  let node: LayerNode | undefined = layer.root;
  for (const name of path.split('/').filter((each) => each !== '' && each !== '.')) {
    if (node?.kind !== 'directory') return null;
    node = layer.list(node).get(name);
  }
  if (node?.kind !== 'file' || node.size > MOST_BYTES) return null;
  const bytes = new Uint8Array(node.size);
  return decodeUtf8(bytes, 0, layer.read(node, 0, bytes));
}
