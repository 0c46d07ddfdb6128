/** The text of docs/glossary.md. */
import { type Entry, GLOSSARY, type Word } from '../src/words/index.ts';

const HEAD = `# Glossary · 용어집

Generated from \`src/words\` by \`npm run glossary\`; a test holds it to them. \`timeslice glossary TERM\` explains one.

| English | 한국어 | What it is | 뜻 |
|---|---|---|---|
`;

const row = (word: Word): string => {
  const { term, also = [], meaning }: Entry = GLOSSARY[word];
  const isKorean = (name: string) => /[가-힣]/.test(name);
  const names = (own: string, others: readonly string[]) => [own, ...others].join(', ');
  const english = names(
    term.en,
    also.filter((name) => !isKorean(name)),
  );
  const korean = names(term.ko, also.filter(isKorean));
  return `| ${english} | ${korean} | ${meaning.en} | ${meaning.ko} |\n`;
};

/** All of it, in the order of the source. */
export const glossaryText = (): string => HEAD + (Object.keys(GLOSSARY) as Word[]).map(row).join('');
