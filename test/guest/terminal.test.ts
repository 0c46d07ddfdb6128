/** The tiny shell on a terminal of this Linux, with job control. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inPath } from './linux.ts';
import { terminalCases } from './terminal-cases.ts';

const qemu = inPath('qemu-riscv64');
const python = inPath('python3');
const elf = resolve(import.meta.dirname, '../../guest/tiny.elf');
const player = resolve(import.meta.dirname, 'terminal.py');

interface Answer {
  readonly shown: string;
  readonly missing: unknown;
  readonly status: number;
}

const play = (job: unknown): Promise<Answer> =>
  new Promise((done, failed) => {
    const child = spawn(python ?? 'python3', [player], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.on('error', failed).on('close', () => done(JSON.parse(text)));
    child.stdin.end(JSON.stringify(job));
  });

// Real time decides here: on a busy host a key may come before the shell is ready for it.
describe.skipIf(!qemu || !python)(
  'the tiny shell on a terminal (needs qemu-user and python3)',
  { retry: 3 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeslice-terminal-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    test.concurrent.each(terminalCases)('$name', async (c) => {
      const command = [qemu, '-0', 'tiny', elf, 'sh'];
      const answer = await play({ command, cwd: folder, steps: c.steps });
      expect(answer.missing, answer.shown).toBeNull();
      expect(answer.status).toBe(c.status);
    });
  },
);
