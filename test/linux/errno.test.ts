/** Every declared system call answers hostile arguments with Linux's errno: here, and on the Linux the tests run on. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRNO } from '../../src/abi/index.ts';
import { FAMILIES } from '../../src/syscalls/index.ts';
import { inFolder, inPath, runHere } from '../guest/linux.ts';
import { fileLayer, run } from '../machine-fixture.ts';
import { type Asked, type ErrnoCase, OK, stepsOf } from './errno-case.ts';
import { errnoCases } from './errno-cases.ts';
import { errnoSource } from './errno-native.ts';
import { errnoProgram } from './errno-program.ts';

const NAMES = new Map(Object.entries(ERRNO).map(([name, number]) => [number as number, name]));

/** `EBADF`, `0`, `3`: a line of output as the table writes it. */
function answerOf(line: string): string {
  const value = BigInt.asIntN(64, BigInt(`0x${line}`));
  return value < 0n && value > -4096n ? (NAMES.get(Number(-value)) ?? String(value)) : String(value);
}

const fits = (answer: string, expected: Asked['expected']): boolean =>
  expected === OK ? /^\d+$/.test(answer) : answer === String(expected);

/** Steps whose answer is not the expected one, in words. */
function wrong(cases: readonly ErrnoCase[], stdout: string): string[] {
  const asked = stepsOf(cases);
  const answers = stdout.trimEnd().split('\n').map(answerOf);
  expect(answers).toHaveLength(asked.length);
  return asked
    .map(({ name, expected }, i) => ({ name, expected, answer: answers[i]! }))
    .filter(({ expected, answer }) => !fits(answer, expected))
    .map(({ name, expected, answer }) => `${name}: expected ${expected}, got ${answer}`);
}

describe('errnos', () => {
  test('our kernel gives the errnos of the table', () => {
    const program = errnoProgram(errnoCases);
    const layers = [fileLayer({ '/scratch/.keep': '', '/bin/calls': program })];
    const { stdout, stderr, status } = run({ layers, argv: ['/bin/calls'], cwd: '/scratch' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(wrong(errnoCases, stdout)).toEqual([]);
  });

  test('every call that can fail has a case', () => {
    const declared = FAMILIES.flatMap(({ calls }) => calls).filter(({ errors }) => errors.length > 0);
    const covered = new Set(errnoCases.map(({ call }) => call));
    expect(declared.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  const canAsk = process.platform === 'linux' && isRoot && inPath('cc') !== undefined;
  test.skipIf(!canAsk)('this Linux gives them, too (as root, with a C compiler)', () => {
    const cases = errnoCases.filter(({ notNative }) => notNative === undefined);
    inFolder((folder) => {
      const [source, program] = [join(folder, 'calls.c'), join(folder, 'calls')];
      writeFileSync(source, errnoSource(cases));
      const build = spawnSync('cc', ['-w', '-o', program, source], { encoding: 'utf8' });
      expect(build.status, build.stderr).toBe(0);
      expect(wrong(cases, runHere(program, []).stdout)).toEqual([]);
    });
  });
});
