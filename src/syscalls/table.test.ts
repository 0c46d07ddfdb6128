/** The table of system calls agrees with Linux's numbers and with the files of the families. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRNO, SYSCALL_NAMES } from '../abi/index.ts';
import type { Syscall } from '../kernel/index.ts';
import { FAMILIES, SYSCALLS } from './table.ts';

const rows = FAMILIES.flatMap(({ calls }) => calls);

describe('the table of system calls', () => {
  test('holds every row under its own number', () => {
    for (const [nr, row] of SYSCALLS.entries()) if (row !== undefined) expect(row.nr).toBe(nr);
    expect(SYSCALLS.filter((row) => row !== undefined)).toHaveLength(rows.length);
  });

  test.each(rows.map((row) => [row.name, row] as const))(
    '%s is what riscv64 calls that number',
    (name, row) => {
      expect(SYSCALL_NAMES[row.nr]).toBe(name);
    },
  );

  test.each(rows.map((row) => [row.name, row] as const))('%s declares errors that exist, once', (_, row) => {
    expect(row.errors.filter((errno) => ERRNO[errno] === undefined)).toEqual([]);
    expect(new Set(row.errors).size).toBe(row.errors.length);
    expect(row.args.length).toBeLessThanOrEqual(6);
  });

  test('has every list of calls that a family exports', async () => {
    const files = readdirSync(import.meta.dirname).filter((name) => /^[\w-]+\.ts$/.test(name));
    for (const file of files) {
      const exported: Record<string, unknown> = await import(join(import.meta.dirname, file));
      const lists = Object.entries(exported).filter(([name]) => name.endsWith('_CALLS'));
      for (const [name, list] of lists)
        for (const row of list as readonly Syscall[]) expect(rows, `${name} of ${file}`).toContain(row);
    }
  });
});
