/** Puts images together in the store: lock, merged tree, and the layers that no package brought. */
import { isProblem, type Problem } from '../base/index.ts';
import {
  canonicalName,
  configure,
  type GeneratedEntry,
  generateTree,
  type Lock,
  lookup,
} from '../image/index.ts';
import { guarded, type Store, storeAt, whileLocked, writeWhole } from './image-cache.ts';
import { openPacks, type StoredLayer, storeLayer } from './image-layer.ts';
import { imageId, lockPath, makeView, mergeLayers, readLock } from './image-open.ts';

/** The label of the layer that stands for maintainer scripts. */
export const CONFIGURATION = 'configuration';

/** Writes the lock under the image's name and id, and the merged tree for the first run. */
export async function writeImage(store: Store, name: string, lock: Lock): Promise<string | Problem> {
  const view = makeView(store, lock);
  if (isProblem(view)) return view;
  const id = imageId(lock);
  const text = `${JSON.stringify(lock, null, 1)}\n`;
  await writeWhole(lockPath(store, id)!, text);
  await writeWhole(lockPath(store, name)!, text);
  return id;
}

/** What maintainer scripts would have made of these packages, as a layer. */
export async function configurationLayer(store: Store, lock: Lock): Promise<StoredLayer | Problem> {
  const merged = mergeLayers(store, lock);
  if (isProblem(merged)) return merged;
  const folders = lock.packages.map(({ sha256 }, i) => ({ folder: sha256, size: merged.packs[i]! }));
  const packs = openPacks(store, folders);
  if (isProblem(packs)) return packs;
  const readFile = (path: string) => {
    const node = lookup(merged.root, path);
    if (node?.kind !== 'file') return undefined;
    const bytes = new Uint8Array(node.size);
    packs.read(node.blob.pack, node.blob.offset, bytes);
    return bytes;
  };
  try {
    return await storeGenerated(
      store,
      configure({ root: merged.root, postinsts: merged.postinsts, readFile }),
    );
  } finally {
    packs.close();
  }
}

const storeGenerated = (store: Store, entries: readonly GeneratedEntry[]): Promise<StoredLayer | Problem> =>
  storeLayer(store, undefined, async (sink) => ({ root: await generateTree(entries, sink), postinst: '' }));

/**
 * Adds a layer that no package brought (what a command in the machine wrote at set-up, such as compiled
 * Python modules) on top of an image. A layer of the same label is replaced. Gives the image's new id.
 */
export async function addLayer(
  cacheDir: string,
  name: string,
  label: string,
  entries: readonly GeneratedEntry[],
): Promise<string | Problem> {
  const store = storeAt(cacheDir);
  return guarded(store.root, () =>
    whileLocked(
      store,
      () => undefined,
      async () => {
        const former = readLock(store, name);
        if (isProblem(former)) return former;
        const layer = await storeGenerated(store, entries);
        if (isProblem(layer)) return layer;
        const others = former.generated.filter((one) => one.label !== label);
        const lock = { ...former, generated: [...others, { label, index: layer.index }] };
        return writeImage(store, canonicalName(name), lock);
      },
    ),
  );
}
