/** A machine that stands still before it looks outside does what one does that never stood still. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProblem, type Problem } from '../../src/base/index.ts';
import { bootMachine, type Machine, type MachineOptions, restoreMachine } from '../../src/machine/index.ts';
import { INSIDE_NAMES, SYSCALLS } from '../../src/syscalls/index.ts';
import type { Layer, LayerNode } from '../../src/vfs/index.ts';
import { tinyCases } from '../guest/cases.ts';
import { fileLayer } from '../machine-fixture.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const layers = [fileLayer({ '/scratch/.keep': '', '/etc/motd': 'hello\n', '/bin/tiny': elf })];
const epoch = { sec: 1_700_000_123, nsec: 456 };
const options = { layers, hasInit: true, memory: 64 * 2 ** 20, maxInstructions: 2e9, strict: true };

function ok<T>(value: T | Problem): T {
  if (isProblem(value)) throw new Error(value.sentence);
  return value;
}

function start(argv: readonly string[], change: Partial<MachineOptions>, cwd = '/scratch') {
  const machine = ok(bootMachine({ ...options, epoch, ...change }));
  const env = { PATH: '/bin' };
  const streams = { stdin: 'pipe', stdout: 'pipe', stderr: 'stdout' } as const;
  const program = ok(machine.spawn({ argv: ['/bin/tiny', ...argv], cwd, env, ...streams }));
  return { machine, program };
}

/** Runs to the end; whatever a sealed machine asks, it is told. */
function finish(machine: Machine, { pid, stdout }: { pid: number; stdout: number }) {
  let output = '';
  for (let stretch = 0; machine.waitStatus(pid) === null && stretch < 5000; stretch++) {
    const run = machine.run(10_000_000);
    if (run.state === 'sealed' && run.look === 'clock') machine.tellTime(epoch);
    else if (run.state === 'sealed') machine.open(epoch);
    output += new TextDecoder('latin1').decode(machine.read(stdout).bytes);
  }
  if (machine.isSealed) machine.open(epoch);
  expect(machine.check()).toEqual([]);
  return { output, status: machine.waitStatus(pid), hash: machine.stateHash(), retired: machine.retired };
}

function run(argv: readonly string[], stdin: string, change: Partial<MachineOptions>) {
  const { machine, program } = start(argv, change);
  machine.write(program.stdin, new TextEncoder().encode(stdin));
  machine.close(program.stdin);
  return finish(machine, program);
}

/** Runs until the seal breaks, and tells where. */
function untilOutside(argv: readonly string[], change: Partial<MachineOptions> = {}, cwd?: string) {
  const { machine, program } = start(argv, { sealed: true, ...change }, cwd);
  const looks: string[] = [];
  for (let i = 0; i < 20; i++) {
    const run = machine.run(10_000_000);
    if (run.state !== 'sealed') return { machine, program, looks: [...looks, run.state] };
    looks.push(run.look);
    if (run.look === 'outside') break;
    machine.tellTime(epoch);
  }
  return { machine, program, looks };
}

/** A host's folder, as it is now. */
function folder(files: Readonly<Record<string, string>>, mtime: number): Layer {
  const made = fileLayer(files);
  const later = (node: LayerNode) => Object.assign(node, { mtime });
  later(made.root);
  return { ...made, id: 'host:/work', isOutside: true };
}

describe('sealed', () => {
  test('every call that need not look outside is one', () => {
    const names = new Set(SYSCALLS.map((row) => row?.name));
    expect(INSIDE_NAMES.filter((name) => !names.has(name))).toEqual([]);
  });

  test('any program of tiny does the same, sealed or not', () => {
    const settings = fc.record({ cpus: fc.integer({ min: 1, max: 2 }), seed: fc.nat() });
    fc.assert(
      fc.property(fc.constantFrom(...tinyCases), settings, (c, change) => {
        const open = run(c.argv, c.stdin ?? '', change);
        expect(run(c.argv, c.stdin ?? '', { ...change, sealed: true })).toEqual(open);
        expect(run(c.argv, c.stdin ?? '', { ...change, sealed: true, isTimeFixed: true })).toEqual(open);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  test('what is written and what is read of the host is outside', () => {
    expect(untilOutside(['echo', 'hello']).looks).toEqual(['outside']);
    expect(untilOutside(['cat']).looks).toEqual(['outside']);
    expect(untilOutside(['true']).looks).toEqual(['running']);
    expect(untilOutside(['sh', '-c', ': > /tmp/made']).looks).toEqual(['outside']);
    expect(untilOutside(['sh', '-c', 'cat /etc/motd > /dev/null']).looks).toEqual(['outside']);
  });

  test('a folder of the host is outside, and what lies beside it is not', () => {
    const mounts = [{ path: '/work', layer: folder({ '/file': 'x' }, 5) }];
    const looks = (...argv: string[]) => untilOutside(argv, { mounts }, '/work').looks;
    expect(looks('test', '-e', '/work/file')).toEqual(['outside']);
    expect(looks('test', '-e', 'file')).toEqual(['outside']);
    expect(looks('test', '-e', '/work')).toEqual(['outside']);
    // Who may pass through it is known beforehand.
    expect(looks('test', '-e', '/scratch/../work/..')).toEqual(['running']);
    expect(looks('test', '-e', '/etc/motd')).toEqual(['running']);
  });

  test('two of them are the same bytes, whatever they were told', () => {
    const saved = [epoch, { sec: 1_800_000_000, nsec: 0 }].map((time) => {
      const { machine } = start(['date'], { sealed: true });
      expect(machine.run(1e7)).toEqual({ state: 'sealed', look: 'clock' });
      machine.tellTime(time);
      return machine.save();
    });
    expect(Buffer.from(saved[0]!).equals(Buffer.from(saved[1]!))).toBe(true);
  });

  test('one that is restored sees the folder of the host as it is now', () => {
    const at = (mtime: number) => [{ path: '/work', layer: folder({ '/file': `${mtime}\n` }, mtime) }];
    const argv = ['cat', '/work/file'];
    const { machine, program } = untilOutside(argv, { mounts: at(5) });
    const now = { ...options, epoch, sealed: true, mounts: at(7) };
    const restored = finish(ok(restoreMachine(machine.save(), now)), program);
    expect(restored.output).toBe('7\n');
    const fresh = untilOutside(argv, { mounts: at(7) });
    expect(restored).toEqual(finish(fresh.machine, fresh.program));
  });
});
