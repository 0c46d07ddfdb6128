import { describe, expect, test } from 'vitest';
import { PythonSource } from './python-source.ts';

const slipAt = (text: string, line: number): string | undefined =>
  new PythonSource(text).calledTarget(line)?.function;

const F = 'def f():\n    pass\n';

describe('The slip target=f()', () => {
  test('is found in every line of a statement, however it is written', () => {
    const text = `${F}Process(\n  args=(1, "target=g()"),  # target=h()\n  target = f ( 1, [2] ) ,\n).start()\nx = 1\n`;
    expect([2, 3, 4, 5, 6, 7].map((line) => slipAt(text, line))).toEqual([
      undefined,
      'f',
      'f',
      'f',
      'f',
      undefined,
    ]);
    expect(slipAt(`${F}multiprocessing.Process(None, \\\n target=f())\n`, 4)).toBe('f');
  });

  test.each([
    ['the function itself', `${F}Process(target=f)`],
    ['a call of what the call gives', `${F}Process(target=f()())`],
    ['a method of what it gives', `${F}Process(target=f().run)`],
    ['a function of another file', 'from m import f\n\nProcess(target=f())'],
    ['a call within the arguments', `${F}Process(args=dict(target=f()))`],
    ['a string', `${F}print("Process(target=f())")`],
    ['another class', `${F}Thing(target=f())`],
  ])('is not %s', (_what, text) => {
    expect(slipAt(text, 3)).toBeUndefined();
  });

  test.each([
    ['returns something', 'def f():\n    if x:\n        return g\nProcess(target=f())', 4],
    ['is a generator', 'def f():\n    yield\nProcess(target=f())', 3],
    ['is a coroutine', 'async def f():\n    pass\nProcess(target=f())', 3],
    ['is decorated', '@wrap\ndef f():\n    pass\nProcess(target=f())', 4],
    ['is defined twice', `${F}f = g\nProcess(target=f())`, 4],
    ['is a class', 'class f:\n    pass\nProcess(target=f())', 3],
  ])('is none when the function %s', (_what, text, line) => {
    expect(slipAt(text, line)).toBeUndefined();
  });

  test('takes return None, and strings of all kinds, as they are', () => {
    expect(slipAt('def f():\n    """return 1\n"""\n    return None\nThread(target=f())', 5)).toBe('f');
    expect(slipAt(`def f():\n    x = rb'\\'return 1'\n    return\nThread(target=f())`, 4)).toBe('f');
    expect(slipAt(`def 일():\n    pass\nThread(target=일())`, 3)).toBe('일');
  });

  test('reads anything without failing', () => {
    for (const text of [
      '',
      '(((',
      ')))',
      '"""',
      "'",
      '\\',
      'Process(target=',
      'Process(target=f',
      '\u0000\r\r\n',
    ])
      for (const line of [0, 1, 2]) expect(() => new PythonSource(text).calledTarget(line)).not.toThrow();
  });
});
