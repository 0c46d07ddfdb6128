/** Images on a Node host: what other layers may use of the image*.ts files. */
export { cacheFolder } from './image-cache.ts';
export { type OpenImage, openImage } from './image-open.ts';
export { type PulledImage, type PullOptions, type PullProgress, pullImage } from './image-pull.ts';
