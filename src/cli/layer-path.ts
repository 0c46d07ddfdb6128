/** Looks into an image before a machine is there: which paths it has. */
import type { Layer, LayeredImage, LayerNode } from '../host-node/index.ts';

/** Linux: MAXSYMLINKS. */
const MAX_LINKS = 40;

/** What the image has at an absolute path: the topmost layer's node, links followed; undefined for nothing. */
export function nodeAt(image: LayeredImage, path: string): LayerNode | undefined {
  const names = followed(image, path);
  return names === undefined ? undefined : topmost(image, names);
}

/** Is something there, and if it is a folder, something in it? */
export function hasContent(image: LayeredImage, path: string): boolean {
  const names = followed(image, path);
  if (names === undefined) return false;
  return image.layers.some((layer) => {
    const node = inLayer(layer, names);
    return node?.kind === 'directory' ? layer.list(node).size > 0 : node !== undefined;
  });
}

/** The bytes of a file. */
export function bytesAt({ layers }: LayeredImage, path: string): Uint8Array | undefined {
  const names = followed({ layers }, path) ?? [];
  const layer = layers.findLast((each) => inLayer(each, names) !== undefined);
  const node = layer && inLayer(layer, names);
  if (node?.kind !== 'file') return undefined;
  const bytes = new Uint8Array(node.size);
  return bytes.subarray(0, layer!.read(node, 0, bytes));
}

/** The absolute path of a program by PATH, or undefined. */
export function inPath(image: LayeredImage, name: string, path: string): string | undefined {
  return path
    .split(':')
    .map((folder) => `${folder}/${name}`)
    .find((candidate) => nodeAt(image, candidate)?.kind === 'file');
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

/** The same path without links and `..`; undefined when nothing is there. */
function followed(image: LayeredImage, path: string): string[] | undefined {
  const rest = namesOf(path).reverse();
  let done: string[] = [];
  for (let links = 0; rest.length > 0; ) {
    const name = rest.pop()!;
    if (name === '..') {
      done.pop();
      continue;
    }
    const node = topmost(image, [...done, name]);
    if (node === undefined || links > MAX_LINKS) return undefined;
    if (node.kind !== 'symlink') {
      done.push(name);
      continue;
    }
    links++;
    if (node.target.startsWith('/')) done = [];
    rest.push(...namesOf(node.target).reverse());
  }
  return done;
}

function topmost({ layers }: LayeredImage, names: readonly string[]): LayerNode | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const node = inLayer(layers[i]!, names);
    if (node !== undefined) return node;
  }
  return undefined;
}

/** The names are free of links: each has been followed. */
function inLayer(layer: Layer, names: readonly string[]): LayerNode | undefined {
  let node: LayerNode | undefined = layer.root;
  for (const name of names) {
    if (node?.kind !== 'directory') return undefined;
    node = layer.list(node).get(name);
  }
  return node;
}
