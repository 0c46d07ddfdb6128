/** Runs a riscv64 program on this Linux under qemu-riscv64, the oracle of the guest programs' tables. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface QemuResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const folders = (process.env['PATH'] ?? '').split(delimiter);
const qemu = folders.map((folder) => join(folder, 'qemu-riscv64')).find((file) => existsSync(file));

export const hasQemu = qemu !== undefined;

/** In an empty folder, with a PATH that holds nothing: programs that are not found run as applets of tiny. */
export const runInQemu = (elf: string, argv: readonly string[], stdin = ''): QemuResult => {
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-guest-'));
  try {
    const command = ['-0', elf.slice(elf.lastIndexOf('/') + 1).replace('.elf', ''), elf, ...argv];
    const run = spawnSync(qemu ?? 'qemu-riscv64', command, {
      cwd: folder,
      env: { PATH: '/nonexistent' },
      input: stdin,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { stdout: run.stdout, stderr: run.stderr, status: run.status ?? -1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
