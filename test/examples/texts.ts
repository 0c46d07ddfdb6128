/** The commands in the texts of the gallery, as a reader would type them. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { timeslice } from '../cli/timeslice.ts';
import { type Example, examplesFolder } from './watch.ts';

const commandsOf = (text: string): string[][] =>
  [...text.matchAll(/^ {4}timeslice (.*)$/gm)].map(([, words]) => words!.split(' '));

/** Runs every command of a text, in a folder of its own from which the examples are seen. */
export async function tryCommands({ name, exitCode = 0 }: Example): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'timeslice-'));
  try {
    symlinkSync(examplesFolder, join(cwd, 'examples'));
    for (const words of commandsOf(readFileSync(join(examplesFolder, name, 'README.md'), 'utf8'))) {
      const { status, out, err } = await timeslice(words, { cwd, env: { COLUMNS: '80' } });
      const said = `timeslice ${words.join(' ')}\n${err}`;
      expect(status, said).toBe(words[0] === 'run' ? exitCode : 0);
      if (words[0] !== 'run' && words[0] !== 'asm') expect(out, said).not.toBe('');
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
