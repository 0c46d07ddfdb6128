import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ElfError,
  type ElfImage,
  isElfError,
  parseElf,
  sectionBytes,
  sections,
  symbolAt,
  symbols,
  writeElf,
} from './index.ts';

const program = () =>
  writeElf({
    entry: 0x10100,
    sections: [
      { name: '.text', address: 0x10100, bytes: Uint8Array.from([0x13, 0, 0, 0, 0x73, 0, 0, 0]), prot: 5 },
      { name: '.data', address: 0x11108, bytes: Uint8Array.from([1, 2, 3, 4]), prot: 3 },
      { name: '.bss', address: 0x12000, bytes: new Uint8Array(0), memSize: 0x1800, prot: 3 },
    ],
    symbols: [
      { name: '_start', address: 0x10100, size: 8, type: 'function', global: true },
      { name: 'counter', address: 0x11108, size: 4, type: 'object', global: false },
      { name: 'room', address: 0x12000, size: 0, type: 'label', global: false },
    ],
  });

const parse = (bytes: Uint8Array): ElfImage | ElfError =>
  parseElf(
    (offset, length) => (offset + length <= bytes.length ? bytes.slice(offset, offset + length) : undefined),
    bytes.length,
  );

function image(bytes: Uint8Array): ElfImage {
  const parsed = parse(bytes);
  if (isElfError(parsed)) throw new Error(parsed.problem.sentence);
  return parsed;
}

function changed(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = program();
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

describe('parseElf', () => {
  test('finds what exec must map', () => {
    const parsed = image(program());
    expect(parsed).toMatchObject({
      type: 'exec',
      entry: 0x10100,
      interpreter: null,
      tls: null,
      headerCount: 4,
    });
    expect([parsed.start, parsed.end]).toEqual([0x10000, 0x14000]);
    expect(
      parsed.segments.map(({ address, fileSize, memSize, prot }) => [address, fileSize, memSize, prot]),
    ).toEqual([
      [0x10100, 8, 8, 5],
      [0x11108, 4, 4, 3],
      [0x12000, 0, 0x1800, 3],
    ]);
    expect(parsed.executableStack).toBe(false);
  });

  test.each<[string, string, Uint8Array]>([
    ['not-elf', 'not an ELF file', new TextEncoder().encode('#!/bin/sh\n')],
    ['not-elf', 'not an ELF file', new Uint8Array(0)],
    [
      'wrong-machine',
      'not a riscv64 ELF: machine is x86-64 (62)',
      changed((view) => view.setUint16(18, 62, true)),
    ],
    [
      'wrong-machine',
      'not a riscv64 ELF: machine is unknown (9999)',
      changed((view) => view.setUint16(18, 9999, true)),
    ],
    [
      'elf-32-bit',
      'not a riscv64 ELF: machine is 32-bit RISC-V (243)',
      changed((view) => view.setUint8(4, 1)),
    ],
    [
      'elf-big-endian',
      'not a riscv64 ELF: machine is big-endian RISC-V (243)',
      changed((view) => {
        view.setUint8(5, 2);
        view.setUint16(18, 243);
      }),
    ],
    ['truncated-elf', 'truncated ELF: its header is incomplete', program().slice(0, 40)],
    ['truncated-elf', 'truncated ELF: its program headers lie beyond its end', program().slice(0, 100)],
    ['truncated-elf', 'truncated ELF: a segment lies beyond its end', program().slice(0, 0x200)],
    ['elf-object', 'an object file, not a linked program', changed((view) => view.setUint16(16, 1, true))],
    ['elf-core', 'a core dump, not a program', changed((view) => view.setUint16(16, 4, true))],
    ['no-segment', 'the ELF has no loadable segment', changed((view) => view.setUint16(56, 0, true))],
    [
      'malformed-elf',
      'malformed ELF: its segments overlap or are out of order',
      changed((view) => view.setUint32(64 + 40, 0x2000, true)),
    ],
    [
      'malformed-elf',
      'malformed ELF: a segment is not aligned to pages',
      changed((view) => view.setUint32(64 + 16, 0x10101, true)),
    ],
    [
      'malformed-elf',
      'malformed ELF: a program header is out of range',
      changed((view) => view.setUint32(64 + 20, 0x8000_0000, true)),
    ],
    [
      'malformed-elf',
      'malformed ELF: a segment lies beyond the user address space',
      changed((view) => view.setUint32(64 + 20, 0x40, true)),
    ],
  ])('refuses with %s: %s', (code, sentence, bytes) => {
    const parsed = parse(bytes);
    expect(isElfError(parsed) && [parsed.errno, parsed.problem.code, parsed.problem.sentence]).toEqual([
      'ENOEXEC',
      code,
      sentence,
    ]);
  });

  test('never throws, and never gives segments that leave the file, whatever the bytes', () => {
    const spots = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
    const words = fc.array(fc.tuple(fc.nat(48), fc.constantFrom(0, 1, 0xfff, 0xffff_ffff, 0x8000_0000)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(spots, words, fc.nat(9000), (bytes, wide, cut) => {
        const hostile = changed((view, all) => {
          for (const [at, value] of bytes) all[at] = value;
          for (const [at, value] of wide) view.setUint32(64 + at * 4, value, true);
        }).slice(0, 300 + cut);
        const parsed = parse(hostile);
        symbolAt(symbols(hostile), 0x10104);
        if (isElfError(parsed)) return;
        for (const { address, offset, fileSize, memSize } of parsed.segments) {
          expect(offset + fileSize).toBeLessThanOrEqual(hostile.length);
          expect(address + memSize).toBeLessThanOrEqual(2 ** 38);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('survives random bytes behind a valid beginning', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
        const head = program().slice(0, 20);
        parse(Uint8Array.from([...head, ...tail]));
        symbols(Uint8Array.from([...head, ...tail]));
      }),
    );
  });
});

describe('symbols', () => {
  test('come back from what was written, sorted', () => {
    expect(symbols(program()).map(({ name, address, type }) => [name, address, type])).toEqual([
      ['_start', 0x10100, 'function'],
      ['counter', 0x11108, 'object'],
      ['room', 0x12000, 'label'],
    ]);
  });

  test('name the addresses inside them, and no others', () => {
    const sorted = symbols(program());
    expect(symbolAt(sorted, 0x10104)).toMatchObject({ symbol: { name: '_start' }, offset: 4 });
    expect(symbolAt(sorted, 0x10108)).toBeUndefined();
    expect(symbolAt(sorted, 0x12010)).toMatchObject({ symbol: { name: 'room' }, offset: 0x10 });
    expect(symbolAt(sorted, 4)).toBeUndefined();
  });

  test('sections give their bytes', () => {
    const bytes = program();
    const data = sections(bytes).find(({ name }) => name === '.data')!;
    expect([...sectionBytes(bytes, data)]).toEqual([1, 2, 3, 4]);
  });
});

const cross = '/usr/bin/riscv64-linux-gnu-gcc';
const readelf = '/usr/bin/riscv64-linux-gnu-readelf';

describe.skipIf(!existsSync(cross))('against the GNU tools', () => {
  test('a compiled program shows the segments and symbols that readelf shows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeslice-elf-'));
    try {
      writeFileSync(join(folder, 'a.c'), '__thread int t = 3; int main(void) { return t; }');
      for (const kind of ['-static', '-pie']) {
        const out = join(folder, `a${kind}`);
        execFileSync(cross, [kind, '-o', out, join(folder, 'a.c')]);
        const bytes = readFileSync(out);
        const parsed = image(bytes);
        const text = execFileSync(readelf, ['-lWs', out], { encoding: 'utf8' });
        const loads = [...text.matchAll(/LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x(\w+)/g)];
        const expected = loads.map((row) => row.slice(1).map((word) => Number.parseInt(word!, 16)));
        expect(parsed.segments.map((s) => [s.offset, s.address, s.fileSize, s.memSize])).toEqual(expected);
        expect(parsed.type).toBe(kind === '-static' ? 'exec' : 'dyn');
        expect(parsed.interpreter).toBe(kind === '-pie' ? '/lib/ld-linux-riscv64-lp64d.so.1' : null);
        expect(parsed.tls?.fileSize).toBeGreaterThan(0);
        expect(parsed.headers).toBe(parsed.start + 64);
        const main = Number.parseInt(/(\w+) +\d+ FUNC +GLOBAL DEFAULT +\d+ main$/m.exec(text)![1]!, 16);
        expect(symbolAt(symbols(bytes), main)).toMatchObject({ symbol: { name: 'main' }, offset: 0 });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('readelf finds nothing wrong with what we write', () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeslice-elf-'));
    try {
      writeFileSync(join(folder, 'a'), program());
      const told = execFileSync(readelf, ['-aW', join(folder, 'a')], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(told).toContain('_start');
      expect(told).not.toMatch(/warning|error/i);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
