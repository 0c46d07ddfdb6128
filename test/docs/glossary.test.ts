/** docs/glossary.md is what the entries say. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { glossaryText } from '../../tools/glossary-text.ts';

test('the glossary is generated from the entries (npm run glossary)', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/glossary.md'), 'utf8')).toBe(glossaryText());
});
