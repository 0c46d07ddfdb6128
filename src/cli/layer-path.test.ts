import { expect, test } from 'vitest';
import { memoryLayer } from '../host-node/index.ts';
import { hasContent, inPath, nodeAt } from './layer-path.ts';

const low = memoryLayer('low', {
  '/usr/bin/tool': 'low',
  '/bin': { link: 'usr/bin' },
  '/usr/lib/deep': { link: '../../bin/tool' },
  '/loop': { link: 'loop' },
  '/empty': { directory: true },
});
const high = memoryLayer('high', { '/usr/bin/tool': 'longer', '/usr/local/bin/other': '' });
const image = { layers: [low, high] };

test('the topmost layer tells, links are followed through all layers', () => {
  expect(nodeAt(image, '/usr/bin/tool')).toMatchObject({ kind: 'file', size: 6 });
  expect(nodeAt(image, '/bin/tool')).toMatchObject({ size: 6 });
  expect(nodeAt(image, '/usr/lib/deep')).toMatchObject({ size: 6 });
  expect(nodeAt(image, '/usr/../bin/./tool')).toMatchObject({ size: 6 });
});

test('what is not there is undefined, also behind a loop', () => {
  expect(nodeAt(image, '/nothing')).toBeUndefined();
  expect(nodeAt(image, '/usr/bin/tool/below')).toBeUndefined();
  expect(nodeAt(image, '/loop')).toBeUndefined();
});

test('folders have content when any layer puts something in them', () => {
  expect(hasContent(image, '/usr/local')).toBe(true);
  expect(hasContent(image, '/bin')).toBe(true);
  expect(hasContent(image, '/empty')).toBe(false);
  expect(hasContent(image, '/nothing')).toBe(false);
});

test('programs are found as execvp finds them', () => {
  expect(inPath(image, 'other', '/bin:/usr/local/bin')).toBe('/usr/local/bin/other');
  expect(inPath(image, 'bin', '/usr')).toBeUndefined();
});
