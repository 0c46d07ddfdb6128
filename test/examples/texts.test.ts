/** The gallery's lists name every example; the commands of one text of each group work. All: test/programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryCommands } from './texts.ts';
import { examplesFolder, gallery } from './watch.ts';

const some = gallery.flatMap(({ examples }) =>
  examples.filter(({ image = 'tiny' }) => image === 'tiny').slice(0, 1),
);

test.each(some)('every command of the text works: $name', tryCommands);

test.each(['README.md', 'README.ko.md'] as const)('examples/%s lists them all', (file) => {
  const list = readFileSync(join(examplesFolder, file), 'utf8');
  const language = file === 'README.md' ? 'en' : 'ko';
  for (const { title, examples } of gallery) {
    expect(list).toContain(`## ${title[language]}`);
    for (const { name, title } of examples) expect(list).toContain(`- [${title[language]}](${name}/${file})`);
  }
});
