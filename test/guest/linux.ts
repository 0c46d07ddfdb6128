/** Runs guest programs on this Linux: under qemu-riscv64, or built for the machine itself. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

export interface LinuxResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const folders = (process.env['PATH'] ?? '').split(delimiter);

/** The full path of a program in PATH, or undefined. */
export const inPath = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((file) => existsSync(file));

const qemu = inPath('qemu-riscv64');

export const hasQemu = qemu !== undefined;

/** Calls work with a fresh folder that is gone afterwards. */
export const inFolder = <T>(work: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** In an empty folder, with a PATH that holds nothing: what is not found runs as an applet of tiny. */
export const runHere = (command: string, argv: readonly string[], stdin = ''): LinuxResult =>
  inFolder((cwd) => {
    const run: SpawnSyncReturns<string> = spawnSync(command, argv, {
      cwd,
      env: { PATH: '/nonexistent' },
      input: stdin,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { stdout: run.stdout, stderr: run.stderr, status: run.status ?? -1 };
  });

export const runInQemu = (elf: string, argv: readonly string[], stdin = ''): LinuxResult =>
  runHere(qemu ?? 'qemu-riscv64', ['-0', basename(elf, '.elf'), elf, ...argv], stdin);
