/** The machine on Node: files, network and terminal of the host. */
export {
  addLayer,
  cacheFolder,
  chooseMirror,
  exportImage,
  importImage,
  type ListedImage,
  listImages,
  type MirrorChoice,
  type OpenImage,
  openImage,
  type PulledImage,
  type PullOptions,
  type PullProgress,
  pullImage,
  removeImage,
} from './image.ts';
