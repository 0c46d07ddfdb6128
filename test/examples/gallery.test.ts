/** Every program of the gallery: what its text says to observe is so, by the kernel's events and by inspection. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { imageOf } from '../debian/image.ts';
import { communication } from './communication.ts';
import { creating } from './creating.ts';
import { memory } from './memory.ts';

import { processes } from './processes.ts';
import { python } from './python.ts';
import { states } from './states.ts';
import { threads } from './threads.ts';
import { trouble } from './trouble.ts';
import { type Example, examplesFolder, gallery, type Observations, type Watched, watch } from './watch.ts';

const observations: Readonly<Record<string, Observations>> = {
  ...processes,
  ...states,
  ...memory,
  ...creating,
  ...threads,
  ...communication,
  ...trouble,
  ...python,
};
const examples = gallery.flatMap((group) => group.examples);

const textOf = ({ name }: Example, language: 'en' | 'ko') =>
  readFileSync(join(examplesFolder, name, language === 'en' ? 'README.md' : 'README.ko.md'), 'utf8');

const commandsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('    '));

/** Debian's image is not fetched for tests; CI has it. */
const isMissing = ({ file, image = 'tiny' }: Example): boolean =>
  file === undefined || (image !== 'tiny' && process.env['CI'] === undefined && imageOf(image) === null);

test('every example is observed', () => {
  const programs = examples.filter(({ file }) => file !== undefined);
  expect(Object.keys(observations).sort()).toEqual(programs.map(({ name }) => name).sort());
});

describe.each(examples)('$name', (example) => {
  test('has a text in both languages with the same commands, the first of which runs it', () => {
    const [en, ko] = [textOf(example, 'en'), textOf(example, 'ko')];
    expect(en.split('\n')[0]).toBe(`# ${example.title.en}`);
    expect(ko.split('\n')[0]).toBe(`# ${example.title.ko}`);
    expect(commandsOf(ko)).toEqual(commandsOf(en));
    const image = example.image ?? 'tiny';
    const words = [
      `timeslice ${example.file === undefined ? 'boot' : 'run'}`,
      `--image ${image}`,
      ...(example.flags ?? []),
      '--record run.tsrec',
    ];
    const file = example.file === undefined ? '' : ` examples/${example.file}`;
    expect(commandsOf(en)[0]).toBe(`    ${words.join(' ')}${file}`);
    expect(en.split('\n').filter((line) => line.startsWith('- ')).length).toBe(
      ko.split('\n').filter((line) => line.startsWith('- ')).length,
    );
  });

  describe.skipIf(isMissing(example))('observed', () => {
    let run: Watched;
    beforeAll(async () => {
      run = await watch(example);
    });
    test.each(Object.entries(observations[example.name] ?? {}))('%s', (_, check) => check(run));
  });
});
