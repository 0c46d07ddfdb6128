/** Whole programs under every scheduling policy, and under changing ones. */
import { describe, expect, test } from 'vitest';
import { tinyLayer } from '../../src/api/index.ts';
import { isProblem } from '../../src/base/index.ts';
import {
  bootMachine,
  type Machine,
  type MachineOptions,
  POLICY_NAMES,
  type PolicyChoice,
  restoreMachine,
} from '../../src/machine/index.ts';

const SCRIPT =
  'for i in 1 2 3; do (n=0; while [ $n -lt 100 ]; do n=$((n+1)); done; echo $i | cat) & done; wait; echo end';

const MINE: PolicyChoice = {
  name: 'mine',
  source: `exports.policy = {
    own: () => ({ runs: 0 }),
    ready: (state, { own }) => own.runs,
    begin(state, { own }) { own.runs++; },
  };`,
};
const CHOICES: readonly PolicyChoice[] = [...POLICY_NAMES, MINE];
const nameOf = (choice: PolicyChoice) => (typeof choice === 'string' ? choice : choice.name);

const optionsOf = (policy: PolicyChoice, cpus = 1): MachineOptions => ({
  layers: [tinyLayer()],
  hasInit: true,
  memory: 64 * 2 ** 20,
  quantum: 100_000,
  switchCost: 2000,
  cpus,
  policy,
  strict: true,
});

function begin(options: MachineOptions): { machine: Machine; pid: number; stdout: number } {
  const machine = bootMachine(options);
  if (isProblem(machine)) throw new Error(machine.sentence);
  const program = machine.spawn({
    argv: ['/bin/sh', '-c', SCRIPT],
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  if (isProblem(program)) throw new Error(program.sentence);
  return { machine, pid: program.pid, stdout: program.stdout! };
}

/** Runs to the end in stretches; `between` may put another machine in the place of this one. */
function play(options: MachineOptions, between = (machine: Machine, _turn: number): Machine => machine) {
  let { machine, pid, stdout } = begin(options);
  for (let turn = 0; machine.waitStatus(pid) === null; turn++) {
    const { state } = machine.run(200_000);
    if (state !== 'running' && machine.waitStatus(pid) === null) throw new Error(state);
    machine = between(machine, turn);
  }
  const { bytes } = machine.read(stdout);
  expect(machine.check()).toEqual([]);
  return { hash: machine.stateHash(), output: new TextDecoder().decode(bytes), machine };
}

const sortedLines = (text: string) => text.trim().split('\n').sort();

describe.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))('under %s', (_name, policy) => {
  test.each([1, 2])('on %i processors twice alike, and when saved and restored on the way', (cpus) => {
    const options = optionsOf(policy, cpus);
    const first = play(options);
    expect(sortedLines(first.output)).toEqual(['1', '2', '3', 'end']);
    expect(play(options).hash).toBe(first.hash);
    const resaved = play(options, (machine, turn) => {
      if (turn % 7 !== 3) return machine;
      const restored = restoreMachine(machine.save(), options);
      if (isProblem(restored)) throw new Error(restored.sentence);
      return restored;
    });
    expect(resaved.hash).toBe(first.hash);
  });
});

test('the policy changes while it runs, each to each, and stays in a snapshot', () => {
  const change = (machine: Machine, turn: number) => {
    const wrong = machine.setPolicy(CHOICES[(turn * 5) % CHOICES.length]!);
    if (wrong !== null) throw new Error(wrong.sentence);
    if (turn % 4 !== 2) return machine;
    const restored = restoreMachine(machine.save(), optionsOf('fair', 2));
    if (isProblem(restored)) throw new Error(restored.sentence);
    return restored;
  };
  const first = play(optionsOf('fair', 2), change);
  expect(sortedLines(first.output)).toEqual(['1', '2', '3', 'end']);
  expect(play(optionsOf('fair', 2), change).hash).toBe(first.hash);
  expect(first.machine.inputs.some(({ kind }) => kind === 'policy')).toBe(true);
});

test('a policy that answers nonsense ends the run with a sentence', () => {
  const bad = {
    name: 'bad',
    source: 'exports.policy = { ready: (s, t, why) => (why === "slice" ? NaN : 0) };',
  };
  const { machine } = begin(optionsOf(bad));
  const states = Array.from({ length: 50 }, () => machine.run(200_000));
  const last = states.at(-1)!;
  expect(last.state).toBe('policy');
  if (last.state === 'policy')
    expect(last.problem.sentence).toBe(
      'the policy bad is wrong in ready: it gave NaN, which is no finite number',
    );
});

test('an unknown policy makes no machine', () => {
  const made = bootMachine(optionsOf('nope'));
  expect(isProblem(made) && made.code).toBe('unknown-policy');
});

test('a context switch tells who left and why, what was moved, and what it cost, which is system time', () => {
  const { machine } = play(optionsOf('rr'));
  const switches = machine.events.records({ kinds: ['switch'] });
  const texts = new Set(switches.map((record) => machine.events.text(record).replace(/\d+, /, 'N, ')));
  const context = 'x1-x31, pc, f0-f31, fcsr';
  expect([...texts]).toEqual(
    expect.arrayContaining([
      `switch from N, whose slice is used up; saved ${context}; restored ${context}, satp; 2000 ns`,
      `switch from N, which has ended; restored ${context}, satp; 2000 ns`,
      expect.stringMatching(/^switch from N, which waits: child; saved .* satp; 2000 ns$/),
    ]),
  );
  const [cpu] = machine.inspect().cpus;
  expect(cpu!.switchTime).toBe(switches.reduce((sum, { fields }) => sum + fields['cost']!, 0));
});
