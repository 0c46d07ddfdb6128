/** The languages the views speak, and how one is chosen. */

export const LANGUAGES = ['en', 'ko'] as const;

/** ISO 639-1. */
export type Language = (typeof LANGUAGES)[number];

/** The same text in every language. */
export type Text = Readonly<Record<Language, string>>;

export const isLanguage = (name: string): name is Language => (LANGUAGES as readonly string[]).includes(name);

/**
 * The language of a locale as POSIX writes it (`ko_KR.UTF-8`) or as browsers do (`ko-KR`); English for every other
 * one. POSIX: the first of LC_ALL, LC_MESSAGES and LANG that is set and not empty counts.
 */
export function languageOf(...locales: readonly (string | undefined)[]): Language {
  const locale = locales.find((each) => each !== undefined && each !== '') ?? '';
  const name = /^[a-z]+/i.exec(locale)?.[0].toLowerCase() ?? '';
  return isLanguage(name) ? name : 'en';
}
