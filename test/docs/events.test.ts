/** docs/events.md says what the declarations say. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { eventsText } from '../../tools/events-text.ts';

test('docs/events.md is up to date (if not: npm run events)', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/events.md'), 'utf8')).toBe(eventsText());
});
