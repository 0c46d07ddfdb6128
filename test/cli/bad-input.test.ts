import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onTiny, root, type Told, timeslice } from './timeslice.ts';

let folder: string;
const here = (name: string) => join(folder, name);

function put(name: string, bytes: string | Uint8Array, mode = 0o755): void {
  writeFileSync(here(name), bytes);
  chmodSync(here(name), mode);
}

/** An ELF header and nothing more, for a machine. */
function header(machine: number): Uint8Array {
  const bytes = readFileSync(join(root, 'guest/tiny.elf'));
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

/** A dynamic program whose linker the image does not have: tiny's, with a PT_INTERP. */
function needsLinker(): Uint8Array {
  const bytes = Buffer.concat([
    readFileSync(join(root, 'guest/tiny.elf')),
    Buffer.from('/lib/ld-none.so.1\0'),
  ]);
  const name = bytes.length - '/lib/ld-none.so.1\0'.length;
  const headers = Number(bytes.readBigUInt64LE(32));
  const count = bytes.readUInt16LE(56);
  const PT_LOAD = 1;
  const PT_INTERP = 3;
  for (let i = 0; i < count; i++) {
    const at = headers + i * 56;
    if (bytes.readUInt32LE(at) === PT_LOAD) continue;
    bytes.writeUInt32LE(PT_INTERP, at);
    bytes.writeBigUInt64LE(BigInt(name), at + 8);
    bytes.writeBigUInt64LE(BigInt(bytes.length - name), at + 32);
    return bytes;
  }
  throw new Error('guest/tiny.elf has only PT_LOAD headers');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-cli-'));
  put('junk', 'a\0b');
  put('x86', header(62));
  put('truncated', readFileSync(join(root, 'guest/tiny.elf')).subarray(0, 3000));
  put('dynamic', needsLinker());
  put('not-marked', readFileSync(join(root, 'guest/tiny.elf')), 0o644);
  copyFileSync(join(root, 'package.json'), here('text.json'));
  put('broken.s', '_start: bogus a0\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program refused looks like: nothing on standard output, our sentences on the other, a status. */
function expectRefusal(told: Told, status: number, ...sentences: readonly string[]): void {
  expect(told.err).toBe(sentences.map((sentence) => `timeslice: ${sentence}\n`).join(''));
  expect(told).toMatchObject({ status, out: '' });
}

const PROGRAMS: readonly (readonly [name: string, status: number, sentence: string, hint: string])[] = [
  [
    './junk',
    126,
    './junk: not an ELF file',
    'Give a riscv64 Linux program, or a script that begins with #!.',
  ],
  [
    './x86',
    126,
    './x86: not a riscv64 ELF: machine is x86-64 (62)',
    'Compile it with riscv64-linux-gnu-gcc, or take a riscv64 package of it.',
  ],
  [
    './truncated',
    126,
    './truncated: truncated ELF: a segment lies beyond its end',
    'Build or copy the file again.',
  ],
  [
    './dynamic',
    126,
    './dynamic needs the dynamic linker /lib/ld-none.so.1, which the image does not have',
    'Use --image debian, or link the program with -static.',
  ],
  ['./not-marked', 126, './not-marked is not marked as executable', 'Mark it: chmod +x ./not-marked'],
  ['/bin', 126, '/bin: this is a folder', 'Give a program in it.'],
  [
    './nowhere',
    127,
    './nowhere: no such file in the machine',
    'Check the path; --mount shows a host directory to the guest.',
  ],
  ['nowhere', 127, 'nowhere: not found in the machine', 'Give the path of a program, or another --image.'],
  [
    './text.json',
    126,
    './text.json: not an ELF file',
    'Give a riscv64 Linux program, or a script that begins with #!.',
  ],
];

test.each(PROGRAMS)('%s cannot be run, and why is said', async (name, status, sentence, hint) => {
  expectRefusal(await onTiny([name], { cwd: folder }), status, sentence, hint);
});

/** Root may read everything unless it gives that right up. */
const isRoot = process.getuid?.() === 0;
const asOwner = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

test('a file that may not be read is named', async () => {
  put('secret', 'echo no', 0o000);
  const hint = 'Change its permissions (chmod +r).';
  expectRefusal(
    await onTiny(['./secret'], { cwd: folder, through: asOwner }),
    126,
    './secret: you may not read this file',
    hint,
  );
});

const OPTIONS: readonly (readonly [options: readonly string[], sentence: string, hint: string])[] = [
  [
    ['--image', 'nope'],
    'there is no image nope on this machine',
    'See what there is with `timeslice image ls`; `timeslice image pull` fetches the image debian.',
  ],
  [['--image', './nope'], './nope is no folder of this computer', 'Give an existing folder.'],
  [['--cpus', '0'], '--cpus 0: not a whole number from 1 to 32', 'Give --cpus a whole number from 1 to 32.'],
  [
    ['--memory', '1K'],
    "--memory 1K: a machine's memory is from 8M to 3.5G",
    'Give a size from 8M to 3.5G, such as --memory 512M.',
  ],
  [
    ['--memory', '9G'],
    "--memory 9G: a machine's memory is from 8M to 3.5G",
    'Give a size from 8M to 3.5G, such as --memory 512M.',
  ],
  [
    ['--quantum', 'soon'],
    '--quantum soon: not a time',
    'Write a number with ns, us, ms, s, m or h, such as --quantum 5ms.',
  ],
  [
    ['--max-output', 'much'],
    '--max-output much: not a size',
    'Write bytes, or a number with K, M or G, such as --max-output 512M.',
  ],
  [
    ['--epoch', 'yesterday'],
    '--epoch yesterday: not a time',
    'Write seconds since 1970, or a date such as 2025-01-01T00:00Z.',
  ],
  [['--env', '=x'], '--env =x: a variable needs a name', 'Write --env NAME=VALUE.'],
  [['--cwd', '/nope'], 'there is no directory /nope in the machine', 'Give another --cwd.'],
  [['--mount', 'data'], '--mount data: not HOST:GUEST or HOST:GUEST:rw', 'Write --mount ./data:/data.'],
  [
    ['--mount', '.:/data:wr'],
    '--mount .:/data:wr: not HOST:GUEST or HOST:GUEST:rw',
    'Write --mount ./data:/data.',
  ],
  [
    ['--mount', './nope:/data'],
    '--mount ./nope:/data: ./nope is no folder of this computer',
    'Give an existing folder.',
  ],
  [
    ['--mount', './junk:/data/junk:rw'],
    '--mount ./junk:/data/junk:rw: only a folder can be mounted rw',
    'Mount its folder.',
  ],
  [['--trace=opneat'], '--trace=opneat: there is no system call opneat', 'Did you mean openat?'],
  [['--bogus'], "unknown option '--bogus'", '`timeslice --help` lists the commands and options'],
];

test.each(OPTIONS)('%j is refused, and why is said', async (options, sentence, hint) => {
  const told = await timeslice(['run', '--image', 'tiny', ...options, 'true'], { cwd: folder });
  expectRefusal(told, 125, sentence, hint);
});

test('a command that does not exist is refused', async () => {
  const hint = '`timeslice --help` lists the commands and options';
  expectRefusal(await timeslice(['rum']), 125, "unknown command 'rum'", 'Did you mean run?', hint);
});

test('a cache folder that cannot be written is named', async () => {
  const env = { TIMESLICE_CACHE: '/dev/null/cache', TIMESLICE_MIRROR: 'http://127.0.0.1:9' };
  const told = await timeslice(['image', 'pull'], { env });
  expect(told.err).toContain('the folder /dev/null/cache/images-1 cannot be written');
  expect(told.status).toBe(125);
});

test('a mirror that does not answer is named', async () => {
  const env = { TIMESLICE_CACHE: here('cache'), TIMESLICE_MIRROR: 'http://127.0.0.1:9' };
  const told = await timeslice(['image', 'pull'], { env });
  expect(told.err).toMatch(/^timeslice: .*127\.0\.0\.1:9/m);
  expect(told.status).toBe(125);
});

test('errors of assembly are told with their line', async () => {
  const told = await timeslice(['asm', 'broken.s'], { cwd: folder });
  expect(told.err).toMatch(/^timeslice: broken\.s:.*1.*bogus/);
  expect(told.status).toBe(125);
});

test('disasm of something else than a program is refused', async () => {
  expectRefusal(
    await timeslice(['disasm', 'x86'], { cwd: folder }),
    126,
    'x86: not a riscv64 ELF: machine is x86-64 (62)',
    'Compile it with riscv64-linux-gnu-gcc, or take a riscv64 package of it.',
  );
});

test('--explain wants a Python file', async () => {
  expectRefusal(
    await onTiny(['--explain', 'sh', '-c', 'exit']),
    125,
    '--explain tells of a Python file, and `sh -c exit` runs none',
    'Give a file that ends in .py: timeslice run --explain file.py. For other programs there is --trace.',
  );
});
