/** What the bundle has instead of generators is what they give. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { FROZEN, frozenSource } from '../../tools/frozen.ts';

for (const [path, { name, make }] of Object.entries(FROZEN))
  test(`the bundle's ${basename(path)} gives the bytes of the generator`, async () => {
    const source = Buffer.from(frozenSource(path)!).toString('base64');
    const frozen = (await import(/* @vite-ignore */ `data:text/javascript;base64,${source}`)) as Record<
      string,
      () => Uint8Array
    >;
    expect(Buffer.from(frozen[name]!()).equals(Buffer.from(make()))).toBe(true);
  });

test('a module that gives no constant is left alone', () => {
  expect(frozenSource(import.meta.filename)).toBe(null);
});
