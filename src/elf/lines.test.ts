/** Source lines are those that binutils tell (tools/heap-golden.ts), and damaged tables are no trouble. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineTable, sections, symbols } from './index.ts';

const root = resolve(import.meta.dirname, '../..');
const elf = new Uint8Array(readFileSync(join(root, 'guest/heap.elf')));
const golden = readFileSync(join(root, 'test/golden/heap-lines.txt'), 'utf8').trimEnd().split('\n');

const place = (table: LineTable, address: number): string => {
  const found = table.at(address);
  return found === undefined ? '??' : `${found.file}:${found.line}`;
};

describe('LineTable', () => {
  test('tells the lines that addr2line tells', () => {
    const table = new LineTable(elf);
    for (const [i, row] of golden.entries()) {
      const [, address, told] = /^(\w+) (.*)$/.exec(row)!;
      const expected = told!.startsWith('??') ? '??' : told;
      const at = Number.parseInt(address!, 16);
      expect(place(table, at), row).toBe(expected);
      // Up to the next row nothing changes, but between functions.
      const next = Number.parseInt(golden[i + 1] ?? '', 16);
      if (next - at <= 32 && expected !== '??') expect(place(table, next - 2), row).toBe(expected);
    }
    expect(table.at(0)).toBeUndefined();
    expect(table.at(2 ** 38)).toBeUndefined();
  });

  test('knows nothing of a file without lines, or of no ELF file', () => {
    const without = new Uint8Array(readFileSync(join(root, 'guest/suite.elf')));
    expect(new LineTable(without).at(0x10100)).toBeUndefined();
    expect(new LineTable(new Uint8Array(3)).at(0)).toBeUndefined();
  });

  test('reads damaged tables without an error, in bounded time', () => {
    const debug = sections(elf).filter(({ name }) => name.startsWith('.debug_line'));
    const byte = fc.record({
      section: fc.constantFrom(...debug),
      // The headers are where damage does most.
      at: fc.oneof(fc.nat(120), fc.nat(4000)),
      value: fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255)),
    });
    const functions = symbols(elf).filter(({ type }) => type === 'function');
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 12 }), fc.nat(elf.length), (changes, cut) => {
        const bytes = elf.slice();
        for (const { section, at, value } of changes) bytes[section.offset + (at % section.size)] = value;
        for (const file of [bytes, bytes.subarray(0, cut)]) {
          const table = new LineTable(file);
          for (const { address } of functions) {
            const found = table.at(address);
            if (found !== undefined) expect(found.line).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

const has = (tool: string) => spawnSync(tool, ['--version']).status === 0;
const canCross = has('riscv64-linux-gnu-gcc') && has('riscv64-linux-gnu-addr2line');

describe.skipIf(!canCross)('LineTable beside addr2line (needs the cross compiler)', () => {
  test.each([2, 3, 4, 5])('on a program with DWARF %i', (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'lines-'));
    const out = join(folder, 'program');
    const flags = [
      '-O2',
      '-pthread',
      '-D_GNU_SOURCE',
      '-w',
      `-gdwarf-${version}`,
      '-o',
      out,
      'guest/heap/heap.c',
    ];
    expect(spawnSync('riscv64-linux-gnu-gcc', flags, { cwd: root }).status).toBe(0);
    const bytes = new Uint8Array(readFileSync(out));
    const addresses = symbols(bytes)
      .filter(({ type }) => type === 'function')
      .flatMap(({ address, size }) => Array.from({ length: size / 2 }, (_, i) => address + 2 * i));
    const input = addresses.map((address) => address.toString(16)).join('\n');
    const told = spawnSync('riscv64-linux-gnu-addr2line', ['-e', out], { input, encoding: 'utf8' }).stdout;
    rmSync(folder, { recursive: true });
    const table = new LineTable(bytes);
    let known = 0;
    for (const [i, line] of told.trimEnd().split('\n').entries()) {
      const found = place(table, addresses[i]!);
      if (found !== '??') known++;
      // Before DWARF 5 the folder of the compilation stands elsewhere.
      const expected = line.replace(/ \(discriminator .*/, '').replace(/^.*\/(?=guest\/)/, '');
      expect(found.replace(/^.*\/(?=guest\/)/, '')).toBe(/\?$|:0$/.test(expected) ? '??' : expected);
    }
    expect(known).toBeGreaterThan(700);
  });
});
