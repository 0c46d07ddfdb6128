import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Library, SCENES } from './contract.ts';

const library: Library = await import(join(import.meta.dirname, '../../dist/index.js'));

test.each(SCENES)('in Node: $name', async ({ play, expected }) => {
  const played = await play(library);
  if (expected !== undefined) expect(played).toEqual(expected);
});
