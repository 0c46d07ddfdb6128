export { mirrorListPath, mirrorsFromApt } from './apt-source.ts';
export { closure } from './closure.ts';
export { configure } from './configure.ts';
export { decompress, gather, type PackSink, type UnpackedDeb, unpackDeb } from './deb.ts';
export {
  ARCHITECTURE,
  addedPackages,
  COMPONENT,
  canonicalName,
  DEFAULT_IMAGE,
  DEFAULT_PACKAGES,
  DEFAULT_SUITE,
} from './debian.ts';
export { type GeneratedEntry, generateTree } from './generated.ts';
export { isKeyringName, KEYRING_FOLDER, KEYRING_PACKAGE } from './keys.ts';
export {
  decodeTree,
  encodeTree,
  INDEX_FORMAT,
  type LayerIndex,
  parseLayerIndex,
  type Row,
} from './layer-index.ts';
export {
  identityText,
  LOCK_FORMAT,
  type Lock,
  type LockedPackage,
  layersOf,
  parseLock,
} from './lock.ts';
export { mergeGenerated, mergeTree } from './merge.ts';
export { findPackage, type Package, type PackageIndex, parsePackages } from './package-index.ts';
export { type IndexFile, packageList, parseRelease, type Release } from './release.ts';
export { type ArchiveKey, pinnedOnly, readKeyring, verifyInRelease } from './signature.ts';
export {
  lookup,
  newDirectory,
  type ReadPack,
  ROOT_META,
  type TreeDirectory,
  treeLayer,
} from './tree.ts';
export { decodeView, encodeView, type TreeView } from './tree-view.ts';
