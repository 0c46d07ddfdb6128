/** A machine that is saved and restored in the middle of anything goes on as the one that never stopped. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProblem, type Problem } from '../../src/base/index.ts';
import {
  bootMachine,
  type HostProcess,
  type Machine,
  type MachineOptions,
  restoreMachine,
} from '../../src/machine/index.ts';
import { tinyCases } from '../guest/cases.ts';
import { fileLayer } from '../machine-fixture.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const layers = [fileLayer({ '/scratch/.keep': '', '/bin/tiny': elf })];
const options = { layers, hasInit: true, memory: 64 * 2 ** 20, maxInstructions: 2e9, strict: true };

function ok<T>(value: T | Problem): T {
  if (isProblem(value)) throw new Error(value.sentence);
  return value;
}

interface Ending {
  readonly output: string;
  readonly status: number | null;
  readonly hash: string;
  readonly events: string;
  readonly retired: number;
}

/** Runs a program of tiny; after each stretch, `between` may give another machine to go on with. */
function play(
  argv: readonly string[],
  stdin: string,
  change: Partial<MachineOptions>,
  stretch: number,
  between: (machine: Machine) => Machine,
): Ending {
  let machine = ok(bootMachine({ ...options, ...change }));
  const program: HostProcess = ok(
    machine.spawn({
      argv: ['/bin/tiny', ...argv],
      cwd: '/scratch',
      env: { PATH: '/nonexistent' },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'stdout',
    }),
  );
  machine.write(program.stdin, new TextEncoder().encode(stdin));
  machine.close(program.stdin);
  let output = '';
  for (;;) {
    machine = between(machine);
    const { state } = machine.run(stretch);
    output += new TextDecoder('latin1').decode(machine.read(program.stdout).bytes);
    const status = machine.waitStatus(program.pid);
    if (status === null && state === 'running') continue;
    expect(machine.check()).toEqual([]);
    const events = JSON.stringify(machine.events.records());
    return { output, status, hash: machine.stateHash(), events, retired: machine.retired };
  }
}

const same = (machine: Machine): Machine => machine;
const resaved =
  (change: Partial<MachineOptions>) =>
  (machine: Machine): Machine => {
    const bytes = machine.save();
    const restored = ok(restoreMachine(bytes, { ...options, ...change }));
    expect(Buffer.from(restored.save()).equals(Buffer.from(bytes))).toBe(true);
    return restored;
  };

const find = (name: string) => tinyCases.find((each) => each.name === name)!;

describe('saved and restored all the time', () => {
  for (const c of tinyCases.filter((_, i) => i % 4 === 0))
    test(c.name, () => {
      const straight = play(c.argv, c.stdin ?? '', {}, 20_000, same);
      expect(play(c.argv, c.stdin ?? '', {}, 20_000, resaved({}))).toEqual(straight);
    });

  test('any program of tiny on any number of processors, cut anywhere', () => {
    const settings = fc.record({
      cpus: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
      quantum: fc.integer({ min: 500, max: 100_000 }),
    });
    const anyCase = fc.constantFrom(...tinyCases);
    fc.assert(
      fc.property(anyCase, settings, fc.integer({ min: 3777, max: 90_000 }), (c, change, stretch) => {
        const straight = play(c.argv, c.stdin ?? '', change, stretch, same);
        expect(play(c.argv, c.stdin ?? '', change, stretch, resaved(change))).toEqual(straight);
      }),
      { numRuns: 8 },
    );
  }, 240_000);
});

describe('what is no snapshot of this machine', () => {
  const machine = ok(bootMachine(options));
  const bytes = machine.save();
  const codeOf = (value: Machine | Problem) => (isProblem(value) ? value.code : 'restored');

  test('another size, other processors, another image', () => {
    const codes = [{ memory: 2 ** 25 }, { cpus: 2 }, { layers: [] }].map((change) =>
      codeOf(restoreMachine(bytes, { ...options, ...change })),
    );
    expect(codes).toEqual(['other-machine', 'other-machine', 'other-machine']);
  });

  test('cut off anywhere', () => {
    for (const length of [0, 3, 11, 12, 100, 1000, bytes.length >> 1, bytes.length - 1])
      expect(codeOf(restoreMachine(bytes.subarray(0, length), options))).toBe('damaged-snapshot');
  });

  test('the same bytes make the same machine twice', () => {
    const [one, other] = [1, 2].map(() => ok(restoreMachine(bytes, options)));
    expect(one!.stateHash()).toBe(machine.stateHash());
    expect(other!.stateHash()).toBe(machine.stateHash());
  });
});

test('a machine that is restored can be given other limits', () => {
  const machine = ok(bootMachine(options));
  ok(machine.spawn({ argv: ['/bin/tiny', ...find('seq counts up and down').argv] }));
  const restored = ok(restoreMachine(machine.save(), { ...options, maxInstructions: machine.retired + 10 }));
  expect(restored.run(1e6)).toEqual({ state: 'limit', limit: 'instructions' });
});
