/** The glossary is complete in every language, and finds what people type. */
import { describe, expect, test } from 'vitest';
import {
  type Entry,
  findWords,
  GLOSSARY,
  LANGUAGES,
  languageOf,
  STATE_LOOKS,
  term,
  type Word,
} from './index.ts';

const words = Object.keys(GLOSSARY) as Word[];
const HANGUL = /[가-힣]/;

describe('the glossary', () => {
  test.each(words)('%s is explained in every language', (word) => {
    const { term, meaning, see = [] }: Entry = GLOSSARY[word];
    for (const language of LANGUAGES) {
      expect(term[language]).toBe(term[language].trim());
      expect(meaning[language]).toMatch(/[.다]\.?$/);
    }
    expect(meaning.ko).toMatch(HANGUL);
    expect(meaning.en).not.toMatch(HANGUL);
    for (const other of see) expect(words).toContain(other);
  });

  test('no two entries have the same name in a language', () => {
    for (const language of LANGUAGES)
      expect(new Set(words.map((word) => term(word, language))).size).toBe(words.length);
  });

  test.each([
    ['PCB', ['pcb']],
    ['프로세스 제어 블록', ['pcb']],
    ['Context-Switch', ['context-switch']],
    ['타임아웃 인터럽트', ['timer-interrupt']],
    ['launchd', ['launchd']],
    ['quantum', ['time-slice']],
    ['segment', ['segment']],
    ['segm', ['segment', 'code-segment', 'data-segment']],
    ['', []],
    ['no such thing', []],
  ])('%j means %j', (text, found) => expect(findWords(text)).toEqual(found));
});

test.each([
  [['ko_KR.UTF-8'], 'ko'],
  [['', undefined, 'ko'], 'ko'],
  [['C', 'ko_KR'], 'en'],
  [['de_DE.UTF-8'], 'en'],
  [['ko-KR'], 'ko'],
  [[], 'en'],
] as const)('the language of %j is %s', (locales, language) => expect(languageOf(...locales)).toBe(language));

test('text on every state has a contrast of at least 4.5 to 1, and marks differ', () => {
  const light = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const looks = Object.values(STATE_LOOKS);
  for (const { fill, text } of looks) {
    const [dark, bright] = [light(fill), light(text)].sort((a, b) => a - b);
    expect((bright! + 0.05) / (dark! + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
  for (const mark of ['fill', 'sign', 'pattern'] as const)
    expect(new Set(looks.map((look) => look[mark])).size).toBe(looks.length);
  for (const at of [0, 1]) expect(new Set(looks.map(({ cell }) => cell[at])).size).toBe(looks.length);
});
