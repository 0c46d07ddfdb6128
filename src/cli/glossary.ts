/** `timeslice glossary`: the words of the views, and what they mean. */
import type { Command } from 'commander';
import { problem } from '../base/index.ts';
import { wrap } from '../views/index.ts';
import { type Entry, findWords, GLOSSARY, type Language, term, type Word } from '../words/index.ts';
import { langOption, languageFor } from './language.ts';
import { complain, styled } from './say.ts';

interface Flags {
  readonly lang?: string;
  readonly json?: boolean;
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('glossary')
    .description('explain the words that the views use')
    .argument('[TERM...]', 'a term, or a part of one, in any language')
    .addOption(langOption())
    .option('--json', 'as JSON, in all languages')
    .addHelpText('after', '\nExample:\n  timeslice glossary "context switch" --lang ko\n')
    .action((given: readonly string[], flags: Flags) => {
      const asked = given.join(' ');
      const words = asked === '' ? (Object.keys(GLOSSARY) as Word[]) : findWords(asked);
      if (words.length === 0)
        return complain(
          problem('no-word', `the glossary has no word like ${asked}`, 'list them all: timeslice glossary'),
        );
      process.stdout.write(flags.json ? asJson(words) : inWords(words, languageFor(flags)));
    });
}

const asJson = (words: readonly Word[]): string =>
  `${JSON.stringify(
    words.map((word) => ({ word, ...GLOSSARY[word] })),
    null,
    2,
  )}\n`;

const DEFAULT_WIDTH = 80;
const LEAST_WIDTH = 20;
const INDENT = '  ';

function inWords(words: readonly Word[], language: Language): string {
  const width = Math.max(LEAST_WIDTH, process.stdout.columns ?? DEFAULT_WIDTH) - INDENT.length;
  return words.map((word) => `${paragraph(word, language, width)}\n`).join(words.length > 1 ? '\n' : '');
}

function paragraph(word: Word, language: Language, width: number): string {
  const entry: Entry = GLOSSARY[word];
  const own = entry.term[language];
  const others = [...new Set([...Object.values(entry.term), ...(entry.also ?? [])])].filter(
    (name) => name !== own,
  );
  const head = styled(process.stdout, 'bold', own) + (others.length > 0 ? ` (${others.join(', ')})` : '');
  const see = entry.see?.map((other) => term(other as Word, language)) ?? [];
  const lines = [
    ...wrap(entry.meaning[language], width),
    ...(see.length > 0 ? wrap(`→ ${see.join(', ')}`, width) : []),
  ];
  return [head, ...lines.map((line) => INDENT + line)].join('\n');
}
