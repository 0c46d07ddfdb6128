/** Which image a command runs in. */
import { statSync } from 'node:fs';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { cacheFolder, hostLayer, type LayeredImage, openImage, tinyLayer } from '../host-node/index.ts';
import { say } from './say.ts';

export interface ChosenImage extends LayeredImage {
  readonly name: string;
}

const tiny = (): ChosenImage => ({ name: 'tiny', layers: [tinyLayer()] });

/** The image of a name, a folder, or the default: debian when it is there, else tiny with a word about it. */
export function chooseImage(name: string | undefined): ChosenImage | Problem {
  if (name === 'tiny') return tiny();
  if (name !== undefined) return looksLikePath(name) ? folderImage(name) : named(name);
  const debian = openImage(cacheFolder(), 'debian');
  if (!isProblem(debian)) return debian;
  const why =
    debian.code === 'unknown-image' ? 'the Debian image is not set up' : `image debian: ${debian.sentence}`;
  say(`${why}, so this runs on the small image tiny; \`timeslice image pull\` fetches Debian`);
  return tiny();
}

function named(name: string): ChosenImage | Problem {
  return openImage(cacheFolder(), name);
}

const looksLikePath = (name: string): boolean =>
  /^\.{0,2}[/\\]|^\.{1,2}$|[/\\]/.test(name) || /\.tar$/.test(name);

function folderImage(path: string): ChosenImage | Problem {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile())
    return problem(
      'image-file',
      `${path} is a file, and images are used from the cache`,
      `Take it in once with \`timeslice image import ${path}\`, then use its name.`,
    );
  const layer = hostLayer(path);
  if (isProblem(layer)) return { ...layer, code: 'unknown-image' };
  return { name: path, layers: [layer] };
}
