/** The search for the first divergent instruction finds the one that a broken processor does wrong. */
import { expect, test } from 'vitest';
import { tinyLayer } from '../../src/api/index.ts';
import { isProblem, type Problem } from '../../src/base/index.ts';
import { tellDivergence } from '../../src/cli/divergence-text.ts';
import {
  type Begin,
  bootMachine,
  type Divergence,
  firstDivergence,
  type Machine,
  type MachineOptions,
} from '../../src/machine/index.ts';
import { timeslice } from '../cli/timeslice.ts';

const layers = [tinyLayer()];

const begin =
  (
    argv: readonly string[],
    options: Partial<MachineOptions> = {},
    change?: (machine: Machine) => void,
  ): Begin =>
  () => {
    const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 26, ...options });
    if (isProblem(machine)) return machine;
    const program = machine.spawn({ argv, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
    if (isProblem(program)) return program;
    machine.close(program.stdin);
    change?.(machine);
    return { machine, outputs: [program.stdout, program.stderr] };
  };

/** The processor spoils s11 after so many instructions. */
const spoilsAfter =
  (count: number) =>
  ({ kernel: { hart } }: Machine): void => {
    const run = hart.run.bind(hart);
    let total = 0;
    hart.run = (budget) => {
      const before = count - total;
      if (before <= 0 || before > budget) {
        const cause = run(budget);
        total += hart.retired;
        return cause;
      }
      const cause = run(before);
      total += hart.retired;
      if (cause === 'slice') hart.xWords[54]! ^= 0x40;
      return cause;
    };
  };

const found = (result: Divergence | null | Problem): Divergence => {
  if (result === null || isProblem(result)) throw new Error(`no divergence: ${JSON.stringify(result)}`);
  return result;
};

test('two runs of the same are alike', () => {
  expect(firstDivergence([begin(['fork']), begin(['fork'])])).toBeNull();
});

test('the tiers are alike', () => {
  const [a, b] = [begin(['fork'], { tier: 'interpreter' }), begin(['fork'], { tier: 'compiler' })];
  expect(firstDivergence([a, b])).toBeNull();
});

test.each([1, 2, 999, 1000, 1001, 3456])('an instruction that is done wrong is found: number %d', (count) => {
  const result = found(
    firstDivergence([begin(['ls', '/bin']), begin(['ls', '/bin'], {}, spoilsAfter(count))]),
  );
  expect(result.differ - result.alike).toBe(1);
  expect(result.executed?.word).toBeDefined();
  const [s11] = result.differences.filter(({ what }) => what.endsWith(': x27'));
  expect(BigInt(s11!.first) ^ BigInt(s11!.second)).toBe(0x40n);
});

test('a divergence is told with its instruction, symbol and registers', () => {
  const result = found(firstDivergence([begin(['true']), begin(['true'], {}, spoilsAfter(40))]));
  const text = tellDivergence(result, ['interpreter', 'compiler'], { layers, mounts: {} });
  expect(text).toMatch(
    /^the runs are alike for \d+ instructions\nthe first one that differs is number \d+:\n/,
  );
  expect(text).toMatch(/ {2}task \d+ \(true\) {2}in \/bin\/\w+\n {2}0x[0-9a-f]+( <\w+\+0x[0-9a-f]+>)?: \w+/);
  expect(text).toMatch(/ {2}task \d+: s11\n {4}interpreter {2}0x[0-9a-f]+\n {4}compiler {5}0x[0-9a-f]+\n/);
});

test('machines of other options are compared by where their programs stand', () => {
  const argv = ['sh', '-c', 'ls / & ls /bin & wait'];
  const result = found(firstDivergence([begin(argv), begin(argv, { quantum: 1000 })]));
  expect(result.isByPlace || result.alike > 0).toBe(true);
});

test('the command says that runs are alike, and shows where they are not', async () => {
  const alike = await timeslice(['diverge', '--tiers', 'interpreter,compiler', '--image', 'tiny', 'fork']);
  expect(alike).toEqual({
    status: 0,
    out: '',
    err: 'timeslice: the two runs are alike, from the first instruction to the last\n',
  });
  const words = ['--image', 'tiny', 'sh', '-c', 'ls / & ls /bin & wait'];
  const other = await timeslice(['diverge', '--against', '--quantum 1us', ...words]);
  expect(other.out).toMatch(/^the .* for \d+ instructions\nthe first one that differs is number \d+:\n/);
  expect(other.status).toBe(1);
  const wrong = await timeslice(['diverge', '--tiers', 'fast', 'fork']);
  expect(wrong).toMatchObject({ status: 125, out: '' });
  expect(wrong.err).toContain('timeslice: --tiers fast: not two tiers\n');
});
