/** What cannot be run is told in a sentence, before anything has started. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem, type Problem } from '../../src/base/index.ts';
import { bootMachine, type Machine, type SpawnOptions } from '../../src/machine/index.ts';
import type { Layer } from '../../src/vfs/index.ts';
import { fileLayer } from '../machine-fixture.ts';

const tiny = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const PAGE = 4096;

/** An ELF header with one loadable segment, and what differs. */
function header(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(2 * PAGE);
  bytes.set(tiny.subarray(0, PAGE));
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

/** A program that asks for a dynamic linker nobody has: PT_INTERP in place of the last program header. */
function withInterpreter(path: string): Uint8Array {
  const bytes = new Uint8Array(tiny.length + path.length + 1);
  bytes.set(tiny);
  bytes.set(new TextEncoder().encode(path), tiny.length);
  const view = new DataView(bytes.buffer);
  const count = view.getUint16(56, true);
  const at = Number(view.getBigUint64(32, true)) + 56 * (count - 1);
  view.setUint32(at, 3, true);
  view.setBigUint64(at + 8, BigInt(tiny.length), true);
  view.setBigUint64(at + 32, BigInt(path.length + 1), true);
  return bytes;
}

const files = {
  '/bin/tiny': tiny,
  '/bin/text': 'echo hello\n',
  '/bin/empty': '',
  '/bin/intel': header((view) => view.setUint16(18, 62, true)),
  '/bin/short': tiny.subarray(0, 5000),
  '/bin/lonely': withInterpreter('/lib/ld-nowhere.so.1'),
  '/bin/script': '#!/bin/tiny echo\n',
  '/bin/orphan': '#!/bin/nowhere\n',
  '/bin/loop': '#!/bin/loop\n',
};

/** The layer, with one file that nobody may execute. */
function layer(): Layer {
  const made = fileLayer({ ...files, '/etc/plain': tiny });
  const etc = made.list(made.root).get('etc')!;
  const plain = made.list(etc as never).get('plain')!;
  Object.assign(plain, { mode: 0o644 });
  return made;
}

function start(argv: readonly string[], options: Partial<SpawnOptions> = {}) {
  const machine = bootMachine({ layers: [layer()], initElf: tiny, memory: 2 ** 25 }) as Machine;
  return { machine, program: machine.spawn({ argv, ...options }) };
}

describe('what is no program', () => {
  test.each<[string, readonly string[], Partial<Problem>]>([
    ['a name nobody has', ['nothing'], { code: 'not-found', sentence: 'nothing: not found in the machine' }],
    ['a path nobody has', ['/bin/nothing'], { code: 'not-found' }],
    ['a path through a file', ['/bin/tiny/x'], { code: 'not-found' }],
    ['a directory', ['/bin'], { code: 'not-executable' }],
    ['a file without the right', ['/etc/plain'], { code: 'not-executable' }],
    ['a text', ['/bin/text'], { code: 'not-elf' }],
    ['an empty file', ['/bin/empty'], { code: 'not-elf' }],
    ['a program for another processor', ['/bin/intel'], { code: 'wrong-machine' }],
    ['half a program', ['/bin/short'], { code: 'truncated-elf' }],
    ['a script without its interpreter', ['/bin/orphan'], { code: 'not-found' }],
    ['a script of itself', ['/bin/loop'], { code: 'not-executable' }],
    ['a program without its dynamic linker', ['/bin/lonely'], { code: 'no-interpreter' }],
  ])('%s', (_name, argv, problem) => {
    const { program, machine } = start(argv);
    expect(program).toMatchObject({ kind: 'problem', ...problem });
    expect((program as Problem).hint).toMatch(/\.$/);
    expect(machine.inspect().processes).toEqual([]);
  });

  test('a working directory that is not there', () => {
    expect(start(['/bin/tiny', 'true'], { cwd: '/nowhere' }).program).toMatchObject({ code: 'no-directory' });
  });

  test('a machine is none the worse for it', () => {
    const machine = bootMachine({ layers: [layer()], initElf: tiny, memory: 2 ** 25 }) as Machine;
    expect(isProblem(machine.spawn({ argv: ['/bin/text'] }))).toBe(true);
    const program = machine.spawn({ argv: ['/bin/script', 'hello'], stdout: 'pipe' });
    if (isProblem(program)) throw new Error(program.sentence);
    expect(machine.run(1e9)).toEqual({ state: 'exited', status: 0 });
    expect(new TextDecoder().decode(machine.read(program.stdout).bytes)).toBe('/bin/script hello\n');
  });
});

describe('options that make no machine', () => {
  test.each([
    ['cpus', 0],
    ['cpus', 33],
    ['cpus', 1.5],
    ['memory', 1000],
    ['memory', 2 ** 40],
    ['quantum', 0],
    ['maxProcesses', 1],
  ])('%s = %d', (name, value) => {
    const made = bootMachine({ layers: [], [name]: value });
    expect(made).toMatchObject({
      kind: 'problem',
      code: 'bad-option',
      sentence: `${name} cannot be ${value}`,
    });
  });
});
