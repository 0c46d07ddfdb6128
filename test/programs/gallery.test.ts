/** Every command in every text of the gallery works as it stands, and what they say of Debian's programs is so. */
import { describe, test } from 'vitest';
import { describeDebian } from '../debian/image.ts';
import { describeObserved } from '../examples/observed.ts';
import { tryCommands } from '../examples/texts.ts';
import { gallery } from '../examples/watch.ts';

const examples = gallery.flatMap((group) => group.examples);

describe('texts of the gallery', () => {
  test.each(examples.filter(({ image = 'tiny' }) => image === 'tiny'))('$name', tryCommands);
});

describeDebian('texts of the gallery on Debian', () => {
  test.each(examples.filter(({ image }) => image === 'debian'))('$name', tryCommands);
});

describe('observed on Debian', () => {
  for (const example of examples) if (example.image === 'debian') describeObserved(example);
});
