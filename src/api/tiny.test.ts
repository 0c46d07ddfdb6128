import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appletNames } from '../../tools/embed.ts';
import { tinyLayer, tinyPrograms } from './index.ts';

const file = (name: string) => readFileSync(new URL(`../../guest/${name}`, import.meta.url));

test('the embedded program is the built one (npm run guest writes both)', () => {
  const layer = tinyLayer();
  const bin = layer.list(layer.root).get('bin');
  const program = bin?.kind === 'directory' ? layer.list(bin).get('tiny') : undefined;
  const elf = file('tiny.elf');
  const bytes = new Uint8Array(elf.length);
  expect(program?.kind === 'file' && layer.read(program, 0, bytes)).toBe(elf.length);
  expect(Buffer.from(bytes).equals(elf)).toBe(true);
});

test('every program of the table has a name in /bin', () => {
  expect(tinyPrograms()).toEqual(appletNames(file('applets.h').toString()));
});
