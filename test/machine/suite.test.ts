/** The kernel does what Linux does: the suite's rows, recorded on Linux, on our own kernel. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mismatch } from '../guest/case.ts';
import { tinyCases } from '../guest/cases.ts';
import { linuxCases } from '../linux/cases.ts';
import { runTwice, tinyElf } from './fixture.ts';

const suiteElf = readFileSync(resolve(import.meta.dirname, '../../guest/suite.elf'));

/** As in the recording: below an init, in an empty folder, as root. */
const FOLDER = { spawn: { cwd: '/tmp' }, initElf: tinyElf };

describe('the kernel suite', () => {
  test.each(linuxCases)('$name', (c) => {
    const run = runTwice({ '/suite': suiteElf }, ['/suite', ...c.argv], FOLDER);
    expect(mismatch(c, run.stdout), run.stderr).toBeNull();
    expect(run.status).toBe(c.status);
  });
});

describe('the tiny image', () => {
  test.each(tinyCases)('$name', (c) => {
    const stdin = c.stdin ?? '';
    const run = runTwice({ '/bin/tiny': tinyElf }, ['/bin/tiny', ...c.argv], { ...FOLDER, stdin });
    expect(mismatch(c, run.stdout), run.stderr).toBeNull();
    expect(run.status).toBe(c.status);
  });
});
