/** Programs that do too much end where the options say, and hurt nobody else. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type Machine, type MachineOptions, type RunState } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';

const tiny = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const layers = [fileLayer({ '/bin/tiny': tiny })];
const MIB = 2 ** 20;
const PAGE = 4096;

interface Ending {
  readonly end: RunState;
  readonly text: string;
  readonly machine: Machine;
  /** Kinds of events by how often they were. */
  readonly events: Readonly<Record<string, number>>;
}

/** Runs a program of the tiny image below its init, and takes what it writes as it comes. */
function go(argv: readonly string[], options: Partial<MachineOptions> = {}): Ending {
  const machine = bootMachine({ layers, initElf: tiny, memory: 32 * MIB, strict: true, ...options });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const program = machine.spawn({ argv: ['/bin/tiny', ...argv], stdout: 'pipe', stderr: 'stdout' });
  if (isProblem(program)) throw new Error(program.sentence);
  let text = '';
  let end: RunState;
  do {
    end = machine.run(50_000_000);
    text += new TextDecoder().decode(machine.read(program.stdout).bytes);
  } while (end.state === 'running' || end.state === 'output-full');
  const events: Record<string, number> = {};
  for (const { kind } of machine.events.records()) events[kind] = (events[kind] ?? 0) + 1;
  return { end, text, machine, events };
}

describe('limits', () => {
  test('a fork bomb is refused with EAGAIN, and all of it can be killed', () => {
    const { end, text } = go(['forkbomb'], { maxProcesses: 50 });
    expect(text).toBe(
      'forkbomb: 48 children, then fork failed: Resource temporarily unavailable\n' +
        'forkbomb: all of them killed and reaped\n',
    );
    expect(end).toEqual({ state: 'exited', status: 0 });
  });

  test('a fork bomb without a limit on processes ends when memory does, for a child or for what one writes', () => {
    const endings = [...Array(12).keys()].map((more) => {
      const { end, text, machine, events } = go(['forkbomb'], {
        maxProcesses: 32767,
        memory: 16 * MIB - more * PAGE,
      });
      expect(machine.check()).toEqual([]);
      const said = /fork failed: (.*)\n.*all of them killed and reaped/s.exec(text)?.[1];
      return `${said}, killed ${events['oom-kill'] ?? 0}, status ${'status' in end && end.status}`;
    });
    expect(new Set(endings)).toEqual(
      new Set(['Cannot allocate memory, killed 0, status 0', `undefined, killed 1, status ${137 << 8}`]),
    );
  });

  test('ten thousand processes live at once, twice alike', () => {
    const run = () => go(['forkbomb'], { maxProcesses: 10_002, memory: 512 * MIB });
    const { end, text, machine } = run();
    expect(text).toBe(
      'forkbomb: 10000 children, then fork failed: Resource temporarily unavailable\n' +
        'forkbomb: all of them killed and reaped\n',
    );
    expect(end).toEqual({ state: 'exited', status: 0 });
    expect(machine.check()).toEqual([]);
    expect(run().machine.stateHash()).toBe(machine.stateHash());
  });

  test('who eats all memory is killed, and its parent goes on', () => {
    const { end, text, events } = go(['sh', '-c', '/bin/tiny eatmemory; echo status $?']);
    expect(text).toMatch(/status 137\n$/);
    expect(end).toEqual({ state: 'exited', status: 0 });
    expect(events['oom-kill']).toBe(1);
  });

  test('of two processes the larger one is killed', () => {
    const script =
      '/bin/tiny eatmemory 8 & sleep 0.2; /bin/tiny eatmemory; echo status $?; wait $!; echo first $?';
    const { text } = go(['sh', '-c', script]);
    expect(text).toMatch(/status 137\nfirst 0\n$/);
  });

  test.each([1, 2, 4])('memory runs out the same way on %i processors', (cpus) => {
    const script = 'for i in 1 2 3; do /bin/tiny eatmemory & done; wait; echo still here';
    const runs = [1, 2].map(() => go(['sh', '-c', script], { cpus }));
    expect(runs[0]!.text).toMatch(/still here\n$/);
    expect(runs[1]!.machine.stateHash()).toBe(runs[0]!.machine.stateHash());
  });

  test('a program that never ends stops at the limit of instructions, exactly', () => {
    const { end, machine } = go(['spin'], { maxInstructions: 12_345_678 });
    expect(end).toEqual({ state: 'limit', limit: 'instructions' });
    expect(machine.retired).toBe(12_345_678);
  });

  test('or at the limit of virtual time, whether it works or sleeps', () => {
    for (const argv of [['spin'], ['sleep', '1000']]) {
      const { end, machine } = go(argv, { virtualTimeout: 20_000_000 });
      expect(end).toEqual({ state: 'limit', limit: 'time' });
      expect(machine.now).toBeLessThanOrEqual(20_000_000);
    }
  });

  test('output without end stops at its limit', () => {
    const { end, text } = go(['flood'], { maxOutput: 100_000 });
    expect(end).toEqual({ state: 'limit', limit: 'output' });
    expect(text.length).toBeGreaterThan(100_000);
    expect(text.length).toBeLessThan(101_000);
  });

  test('a machine whose output nobody takes stands still and goes on later', () => {
    const machine = bootMachine({ layers, memory: 32 * MIB, outputBound: 1000 }) as Machine;
    const program = machine.spawn({ argv: ['/bin/tiny', 'flood'], stdout: 'pipe' });
    if (isProblem(program)) throw new Error(program.sentence);
    const before = machine.run(1e9);
    const { retired } = machine;
    expect(before).toEqual({ state: 'output-full' });
    expect(machine.run(1e9)).toEqual(before);
    expect(machine.retired).toBe(retired);
    expect(machine.read(program.stdout).bytes.length).toBeGreaterThan(1000);
    machine.run(1e6);
    expect(machine.retired).toBeGreaterThan(retired);
  });
});

describe('a run cut into pieces', () => {
  const script = 'for i in 1 2 3; do (echo a$i; seq 200 | sort -n | tail -n 1) & done; wait; tiny spin 1';
  const pieces = (cpus: number, piece: number) => {
    const machine = bootMachine({ layers, initElf: tiny, memory: 32 * MIB, cpus, seed: 3 }) as Machine;
    const argv = ['/bin/tiny', 'sh', '-c', script];
    const program = machine.spawn({ argv, stdout: 'pipe', stderr: 'stdout', env: { PATH: '/bin' } });
    if (isProblem(program)) throw new Error(program.sentence);
    while (machine.run(piece).state === 'running');
    return { hash: machine.stateHash(), retired: machine.retired };
  };
  test.each([1, 2, 4])('is the same run, on %i processors', (cpus) => {
    const whole = pieces(cpus, 1e12);
    expect(pieces(cpus, 7_919)).toEqual(whole);
    expect(pieces(cpus, 211)).toEqual(whole);
  });
});
