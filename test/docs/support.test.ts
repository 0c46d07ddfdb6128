/** docs/support.md says what the declarations say. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { supportText } from '../../tools/support-text.ts';

test('docs/support.md is up to date (if not: npm run support)', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/support.md'), 'utf8')).toBe(supportText());
});
