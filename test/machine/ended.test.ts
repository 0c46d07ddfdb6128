/** The machine stops at the instant its program ends, however long the host lets it run at a time. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));

/** Runs a shell that leaves a chattering child behind, in stretches of so many instructions. */
function chatter(stretch: number) {
  const machine = bootMachine({
    layers: [fileLayer({ '/bin/sh': elf })],
    hasInit: true,
    memory: 64 * 2 ** 20,
  });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const argv = ['/bin/sh', '-c', '(while true; do echo chatter; sleep 0.001; done) & sleep 0.02'];
  const shell = machine.spawn({ argv, stdout: 'pipe', env: { PATH: '/nonexistent' } });
  if (isProblem(shell)) throw new Error(shell.sentence);
  let stdout = '';
  while (machine.waitStatus(shell.pid) === null) {
    machine.run(stretch);
    stdout += Buffer.from(machine.read(shell.stdout).bytes).toString();
  }
  return { stdout, hash: machine.stateHash(), retired: machine.retired };
}

test('what a child left behind says does not depend on the host’s stretches', () => {
  const [short, long] = [chatter(1000), chatter(50_000_000)];
  expect(short.stdout.split('\n').length).toBeGreaterThan(10);
  expect(long).toEqual(short);
});
