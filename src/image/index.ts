export { type Alternative, alternativesOf } from './alternatives.ts';
export { type ConfigurationFile, mirrorListPath, mirrorsFromApt } from './apt-source.ts';
export { closure } from './closure.ts';
export { configure, type Unconfigured } from './configure.ts';
export { arMembers, decompress, gather, type PackSink, type UnpackedDeb, unpackDeb } from './deb.ts';
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
export { isKeyringName, KEYRING_FOLDER, KEYRING_PACKAGE, PINNED_FINGERPRINTS } from './keys.ts';
export {
  decodeTree,
  encodeTree,
  INDEX_FORMAT,
  type LayerIndex,
  parseLayerIndex,
  type Row,
} from './layer-index.ts';
export {
  type GeneratedLayer,
  identityText,
  LOCK_FORMAT,
  type Lock,
  type LockedPackage,
  layersOf,
  parseLock,
} from './lock.ts';
export { mergeTree } from './merge.ts';
export { findPackage, type Package, type PackageIndex, parsePackages } from './package-index.ts';
export { type IndexFile, packageList, parseRelease, type Release } from './release.ts';
export { type ArchiveKey, pinnedOnly, readKeyring, verifyInRelease } from './signature.ts';
export {
  directoryAt,
  lookup,
  newDirectory,
  put,
  type ReadPack,
  ROOT_META,
  type TreeDirectory,
  type TreeFile,
  type TreeNode,
  treeLayer,
  walk,
} from './tree.ts';
