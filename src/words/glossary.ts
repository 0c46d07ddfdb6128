/** The glossary: every word of the textbook that the views use, in each language, with what it means. */
import { COMMUNICATION } from './communication.ts';
import type { Entry } from './entry.ts';
import type { Language } from './language.ts';
import { MEMORY } from './memory.ts';
import { PROCESSES } from './processes.ts';
import { SCHEDULING } from './scheduling.ts';

export const GLOSSARY = { ...PROCESSES, ...SCHEDULING, ...MEMORY, ...COMMUNICATION } as const;

/** A key of the glossary. */
export type Word = keyof typeof GLOSSARY;

/** A term in a language. */
export const term = (word: Word, language: Language): string => GLOSSARY[word].term[language];

const folded = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
    .trim();

const namesOf = (word: Word): readonly string[] => {
  const { term, also = [] }: Entry = GLOSSARY[word];
  return [word, ...Object.values(term), ...also].map(folded);
};

/** Entries a person may mean: the one with that name in any language, else those whose names contain it. */
export function findWords(text: string): readonly Word[] {
  const words = Object.keys(GLOSSARY) as Word[];
  const wanted = folded(text);
  if (wanted === '') return [];
  const exact = words.filter((word) => namesOf(word).includes(wanted));
  return exact.length > 0
    ? exact
    : words.filter((word) => namesOf(word).some((name) => name.includes(wanted)));
}
