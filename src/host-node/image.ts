/** Images on a Node host: what other layers may use of the image*.ts files. */
export { exportImage, importImage } from './image-archive.ts';
export { cacheFolder } from './image-cache.ts';
export { type ListedImage, listImages, removeImage } from './image-list.ts';
export { chooseMirror, type MirrorChoice } from './image-mirror.ts';
export { type OpenImage, openImage } from './image-open.ts';
export { type PulledImage, type PullOptions, type PullProgress, pullImage } from './image-pull.ts';
export { addLayer } from './image-write.ts';
