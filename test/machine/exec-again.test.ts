/** A program that is started again and again is started as it is now: what was read of it before is only remembered. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fileLayer, run } from '../machine-fixture.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const layers = [fileLayer({ '/bin/sh': elf, '/opt/sh': elf })];

const outputOf = (script: string) => run({ layers, argv: ['/bin/sh', '-c', script] }).stdout;

test('a program that was replaced between two starts is the new one', () => {
  const script = [
    '/opt/sh -c "echo one"',
    '/opt/sh -c "echo two"',
    "echo '#!/bin/sh' > /opt/sh",
    'echo "echo three" >> /opt/sh',
    '/opt/sh',
    'cp /bin/sh /opt/sh',
    '/opt/sh -c "echo four"',
  ];
  expect(outputOf(script.join('; '))).toBe('one\ntwo\nthree\nfour\n');
});

test('a program whose header was overwritten in place is none', () => {
  const script = [
    '/opt/sh -c "echo one"',
    '/opt/sh -c "echo two"',
    'echo broken | dd of=/opt/sh conv=notrunc 2> /dev/null',
    '/opt/sh -c "echo three" 2> /dev/null || echo refused',
  ];
  expect(outputOf(script.join('; '))).toBe('one\ntwo\nrefused\n');
});
