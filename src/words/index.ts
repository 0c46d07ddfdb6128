export type { Entry } from './entry.ts';
export { findWords, GLOSSARY, term, type Word } from './glossary.ts';
export { isLanguage, LANGUAGES, type Language, languageOf, type Text } from './language.ts';
export { type ShownState, STATE_LOOKS, type StateLook } from './states.ts';
