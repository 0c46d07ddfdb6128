/** The texts of the gallery: every command in them works as it stands. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timeslice } from '../cli/timeslice.ts';
import { imageOf } from '../debian/image.ts';
import { examplesFolder, gallery } from './watch.ts';

const textOf = (name: string) => readFileSync(join(examplesFolder, name, 'README.md'), 'utf8');
const commandsOf = (text: string): string[][] =>
  [...text.matchAll(/^ {4}timeslice (.*)$/gm)].map(([, words]) => words!.split(' '));

describe.each(gallery.flatMap(({ examples }) => examples))(
  '$name',
  ({ name, image = 'tiny', exitCode = 0 }) => {
    test.skipIf(image !== 'tiny' && imageOf(image) === null)('every command of its text works', async () => {
      const cwd = mkdtempSync(join(tmpdir(), 'timeslice-'));
      try {
        symlinkSync(examplesFolder, join(cwd, 'examples'));
        const env = { COLUMNS: '80' };
        for (const words of commandsOf(textOf(name))) {
          const { status, out, err } = await timeslice(words, { cwd, env });
          const said = `timeslice ${words.join(' ')}\n${err}`;
          expect(status, said).toBe(words[0] === 'run' ? exitCode : 0);
          if (words[0] !== 'run' && words[0] !== 'asm') expect(out, said).not.toBe('');
        }
      } finally {
        rmSync(cwd, { recursive: true });
      }
    });
  },
);

test.each(['README.md', 'README.ko.md'] as const)('examples/%s lists them all', (file) => {
  const list = readFileSync(join(examplesFolder, file), 'utf8');
  const language = file === 'README.md' ? 'en' : 'ko';
  for (const { title, examples } of gallery) {
    expect(list).toContain(`## ${title[language]}`);
    for (const { name, title } of examples) expect(list).toContain(`- [${title[language]}](${name}/${file})`);
  }
});
