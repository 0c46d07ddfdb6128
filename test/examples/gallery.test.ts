/** The gallery: every example has its texts and its observations, and what they say is so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeObserved, observations } from './observed.ts';
import { type Example, examplesFolder, gallery } from './watch.ts';

const examples = gallery.flatMap((group) => group.examples);

/** Programs in Python begin slowly: the others are observed in test/programs. */
const SOME_ON_DEBIAN = ['bash-ls', 'called-too-early', 'same-threads'];

const textOf = ({ name }: Example, language: 'en' | 'ko') =>
  readFileSync(join(examplesFolder, name, language === 'en' ? 'README.md' : 'README.ko.md'), 'utf8');

const commandsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('    '));

const pointsOf = (text: string): number => text.split('\n').filter((line) => line.startsWith('- ')).length;

test('every example is observed', () => {
  const programs = examples.filter(({ file }) => file !== undefined);
  expect(Object.keys(observations).sort()).toEqual(programs.map(({ name }) => name).sort());
});

test.each(examples)('$name has a text in both languages with the same commands', (example) => {
  const [en, ko] = [textOf(example, 'en'), textOf(example, 'ko')];
  expect(en.split('\n')[0]).toBe(`# ${example.title.en}`);
  expect(ko.split('\n')[0]).toBe(`# ${example.title.ko}`);
  expect(commandsOf(ko)).toEqual(commandsOf(en));
  expect(pointsOf(ko)).toBe(pointsOf(en));
  const { file, image = 'tiny', flags = [] } = example;
  const how = file === undefined ? 'boot' : 'run';
  const words = [how, '--image', image, ...flags, '--record', 'run.tsrec'];
  expect(commandsOf(en)[0]).toBe(
    `    timeslice ${[...words, ...(file === undefined ? [] : [`examples/${file}`])].join(' ')}`,
  );
});

describe('observed', () => {
  for (const example of examples)
    if (example.image === undefined || SOME_ON_DEBIAN.includes(example.name)) describeObserved(example);
});
