import { expect, test } from 'vitest';
import { explainLines } from './explain.ts';
import { withObject } from './explain-words.ts';

const style = { width: 80, isUnicode: true };

test('Korean objects have the particle that fits their last sound', () => {
  expect(['락', '자식 프로세스의 종료', '디스크', 'x 10', 'x 2', 'x 3', 'x 0x1f'].map(withObject)).toEqual([
    '락을',
    '자식 프로세스의 종료를',
    '디스크를',
    'x 10을',
    'x 2를',
    'x 3을',
    'x 0x1f을(를)',
  ]);
});

test('a source line is quoted as it stands, without what a terminal would obey', () => {
  const told = {
    kind: 'line',
    pid: 2,
    tid: 2,
    file: '/a/\u001b[31mb.py',
    line: 1,
    function: 'f',
    source: 'print("\\n\u001b[2J\u202e")',
    deeds: [{ what: 'exec', path: '/bin/\u0007' }],
    more: 2,
  } as const;
  expect(explainLines(told, 'en', style)).toEqual([
    '[2] \\u{1b}[31mb.py line 1: `print("\\n\\u{1b}[2J\\u{202e}")` → exec: 2 now runs',
    '  /bin/\\u{7}; and 2 more',
  ]);
});
