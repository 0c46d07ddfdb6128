/** Whatever a program asks of the kernel, it hurts only itself: no bug of ours, no leak, the same run twice. */
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type HostProcess, type Machine } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { hostileProgram, trueProgram } from './hostile-program.ts';

const MIB = 2 ** 20;
const STEP = 3_000_000;
const SHAPE = { children: 30, calls: 12 };
/** Steps after which the first process is ended, too. */
const PATIENCE = 60;
const SIGKILL = 9;

function start(seed: number, cpus: number): { machine: Machine; program: HostProcess } {
  const layer = fileLayer({
    '/bin/hostile': hostileProgram(seed, SHAPE),
    '/bin/true': trueProgram(),
    '/etc/passwd': 'root:x:0:0::/:/bin/true\n',
  });
  const limits = { memory: 24 * MIB, maxProcesses: 40, quantum: 1000 + (seed % 5000), strict: true };
  const machine = bootMachine({ layers: [layer], hasInit: true, cpus, seed, ...limits });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const stdin = seed % 2 === 0 ? 'console' : 'pipe';
  const stdout = seed % 3 === 0 ? 'console' : 'pipe';
  const program = machine.spawn({ argv: ['/bin/hostile'], stdin, stdout, stderr: 'stdout' });
  if (isProblem(program)) throw new Error(program.sentence);
  return { machine, program };
}

/** Ends what blocks for ever: the children, and at last the program itself. */
function sweep(machine: Machine, program: HostProcess, all: boolean): void {
  for (const { pid, state } of machine.inspect().processes)
    if (pid !== 1 && state !== 'zombie' && (all || pid !== program.pid)) machine.kill(pid, SIGKILL);
}

/** Runs the program of a seed until only our first process is left. */
function suffer(seed: number, cpus: number): Machine {
  const { machine, program } = start(seed, cpus);
  for (let step = 0; ; step++) {
    const { state } = machine.run(STEP);
    if (program.stdin !== 0) machine.write(program.stdin, new Uint8Array(10));
    if (program.stdout !== 0) machine.read(program.stdout);
    machine.screen();
    const { processes } = machine.inspect();
    if (state === 'exited' || (state === 'waiting' && processes.length === 1)) break;
    expect(step, 'steps').toBeLessThan(2 * PATIENCE);
    if (state === 'waiting' || step % 4 === 3)
      sweep(machine, program, state === 'waiting' || step > PATIENCE);
  }
  for (const port of [program.stdin, program.stdout]) if (port !== 0) machine.close(port);
  return machine;
}

describe('hostile system calls', () => {
  const seeds = Array.from({ length: 24 }, (_, seed) => [seed, 1 + (seed % 3)] as const);
  test.each(seeds)('of seed %i on %i processors', (seed, cpus) => {
    const machine = suffer(seed, cpus);
    expect(machine.inspect().processes.map(({ pid }) => pid)).toEqual([1]);
    expect(machine.check()).toEqual([]);
    expect(machine.leftovers()).toEqual([]);
    const again = suffer(seed, cpus);
    expect([again.retired, again.stateHash()]).toEqual([machine.retired, machine.stateHash()]);
  });
});
