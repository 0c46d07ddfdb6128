/** `--lang`: the language of a view, from the flag or from the user's locale. */
import { Option } from 'commander';
import { LANGUAGES, type Language, languageOf } from '../words/index.ts';

/** The option of every command that shows words of the glossary. */
export const langOption = (): Option =>
  new Option(
    '--lang <language>',
    'language of the words (default: from LC_ALL, LC_MESSAGES or LANG)',
  ).choices(LANGUAGES);

/** The language that a command's flags ask for. */
export const languageFor = ({ lang }: { readonly lang?: string }): Language =>
  languageOf(lang, process.env['LC_ALL'], process.env['LC_MESSAGES'], process.env['LANG']);
