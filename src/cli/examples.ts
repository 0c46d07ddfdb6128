/** `timeslice examples`: the programs of examples/, the text of one, and all that its text tells the reader to type. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { isProblem, type Problem, problem } from '../base/index.ts';
import type { Language, Text } from '../words/index.ts';
import { langOption, languageFor } from './language.ts';
import { complain, styled } from './say.ts';

interface Flags {
  readonly run?: boolean;
  readonly json?: boolean;
  readonly lang?: string;
}

/** As examples/gallery.json has it. */
interface Example {
  readonly name: string;
  readonly title: Text;
  readonly image?: string;
}

interface Group {
  readonly title: Text;
  readonly examples: readonly Example[];
}

interface Gallery {
  readonly folder: string;
  readonly groups: readonly Group[];
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('examples')
    .description('list programs that each show one idea; show the text of one, or run what it says')
    .argument('[name]', 'an example of the list')
    .option('--run', 'run the commands of its text, one after the other')
    .addOption(langOption())
    .option('--json', 'the list as JSON, in all languages')
    .addHelpText('after', '\nExample:\n  timeslice examples copy-on-write --run --lang ko\n')
    .action((name: string | undefined, flags: Flags) => {
      const gallery = openGallery();
      const found = isProblem(gallery) ? gallery : show(gallery, name, flags);
      if (isProblem(found)) complain(found);
    });
}

/** Beside the command in the package, above the sources in a checkout. */
function openGallery(): Gallery | Problem {
  for (const path of ['../examples/', '../../examples/']) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    const list = join(folder, 'gallery.json');
    if (existsSync(list)) return { folder, groups: JSON.parse(readFileSync(list, 'utf8')) };
  }
  return problem('no-examples', 'the examples are missing', 'Install timeslice again.');
}

function show(gallery: Gallery, name: string | undefined, flags: Flags): Problem | null {
  const language = languageFor(flags);
  if (name === undefined) {
    process.stdout.write(
      flags.json ? `${JSON.stringify(gallery.groups, null, 2)}\n` : listing(gallery, language),
    );
    return null;
  }
  const example = gallery.groups.flatMap(({ examples }) => examples).find((each) => each.name === name);
  if (example === undefined)
    return problem('no-example', `there is no example ${name}`, 'list them all: timeslice examples');
  const text = textOf(gallery, example, language);
  process.stdout.write(inPlace(text, gallery.folder));
  if (flags.run) runAll(commandsOf(text), gallery.folder, language);
  return null;
}

function listing({ groups }: Gallery, language: Language): string {
  const width = Math.max(...groups.flatMap(({ examples }) => examples.map(({ name }) => name.length)));
  const line = ({ name, title, image }: Example) =>
    `  ${name.padEnd(width)}  ${title[language]}${image === undefined ? '' : ` (${image})`}\n`;
  return groups
    .map(
      ({ title, examples }) =>
        `${styled(process.stdout, 'bold', title[language])}\n${examples.map(line).join('')}`,
    )
    .join('\n');
}

const textOf = ({ folder }: Gallery, { name }: Example, language: Language): string =>
  readFileSync(join(folder, name, language === 'en' ? 'README.md' : `README.${language}.md`), 'utf8');

/** The text with paths that work from here. */
function inPlace(text: string, folder: string): string {
  const here = relative(process.cwd(), folder);
  return here === 'examples'
    ? text
    : text.replace(/(?<= )examples\//g, `${here.startsWith('..') ? folder : `${here}/`}`);
}

const commandsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^ {4}timeslice (.*)$/gm)].map(([, words]) => words!);

/** In a folder of its own, which goes afterwards. */
function runAll(commands: readonly string[], folder: string, language: Language): void {
  const cwd = mkdtempSync(join(tmpdir(), 'timeslice-example-'));
  const env = { ...process.env, LC_ALL: LOCALES[language] };
  try {
    for (const command of commands) {
      process.stdout.write(`\n${styled(process.stdout, 'bold', `$ timeslice ${command}`)}\n`);
      const words = command.split(' ').map((word) => word.replace(/^examples\//, folder));
      spawnSync(process.execPath, [process.argv[1]!, ...words], { cwd, env, stdio: 'inherit' });
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'C.UTF-8', ko: 'ko_KR.UTF-8' };
