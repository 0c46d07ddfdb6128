/**
 * Runs a program on a machine of our own to its end, twice, and holds the two runs to each other: the same
 * output, the same number of instructions, the same hash over the whole state. Every whole-machine test stands on this.
 */
import { expect } from 'vitest';
import { memoryLayer } from '../src/api/index.ts';
import { isProblem } from '../src/base/index.ts';
import { bootMachine, type Machine, type MachineOptions, type SpawnOptions } from '../src/machine/index.ts';
import type { Layer } from '../src/vfs/index.ts';

/** A program, what it is given, and the machine it runs on. */
export interface Scene {
  readonly layers: readonly Layer[];
  readonly argv: readonly string[];
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Beyond the fixture's own: one CPU, 256 MiB, a bound on instructions. */
  readonly machine?: Partial<MachineOptions>;
}

/** What a run left behind. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell tells it: 128 + n when signal n ended the program. */
  readonly status: number;
  readonly pid: number;
  readonly hash: string;
  readonly retired: number;
  readonly machine: Machine;
}

/** As `timeslice run` has it: below a first process of our own. */
const LIMITS: Partial<MachineOptions> = {
  hasInit: true,
  memory: 256 * 2 ** 20,
  maxInstructions: 20_000_000_000,
  virtualTimeout: 600_000_000_000,
  strict: true,
};
const STEP = 20_000_000;
const SIGKILL = 9;

/** Text collected from bytes that arrive in pieces. */
class Collected {
  readonly #decoder = new TextDecoder();
  text = '';

  add(bytes: Uint8Array): void {
    this.text += this.#decoder.decode(bytes, { stream: true });
  }
}

const statusOf = (wait: number): number => ((wait & 0x7f) === 0 ? (wait >> 8) & 0xff : 128 + (wait & 0x7f));

/** Runs a program once. With TIMESLICE_TEST_TRACE set, its system calls go to standard error. */
export function runOnce(scene: Scene): Ending {
  const booted = bootMachine({ ...LIMITS, ...scene.machine, layers: scene.layers });
  if (isProblem(booted)) throw new Error(booted.sentence);
  const machine = booted;
  if (process.env['TIMESLICE_TEST_TRACE']) machine.trace((text) => process.stderr.write(text));
  const options: SpawnOptions = {
    argv: scene.argv,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    ...(scene.env && { env: scene.env }),
    ...(scene.cwd && { cwd: scene.cwd }),
  };
  const program = machine.spawn(options);
  if (isProblem(program)) throw new Error(program.sentence);
  const input = scene.stdin ?? '';
  machine.write(program.stdin, typeof input === 'string' ? new TextEncoder().encode(input) : input);
  machine.close(program.stdin);
  const out = new Collected();
  const err = new Collected();
  for (;;) {
    const run = machine.run(STEP);
    out.add(machine.read(program.stdout).bytes);
    err.add(machine.read(program.stderr).bytes);
    const status = machine.waitStatus(program.pid);
    if (status === null && (run.state === 'running' || run.state === 'output-full')) continue;
    if (status === null)
      throw new Error(`the program did not end: ${JSON.stringify(run)}\n${out.text}\n${err.text}`);
    expect(machine.check()).toEqual([]);
    return {
      stdout: out.text,
      stderr: err.text,
      status: statusOf(status),
      pid: program.pid,
      hash: machine.stateHash(),
      retired: machine.retired,
      machine,
    };
  }
}

/** Ends whatever outlived the program; nothing of any process may be left then. */
function endAll({ machine }: Ending): void {
  for (const { pid } of machine.inspect().processes) if (pid !== 1) machine.kill(pid, SIGKILL);
  for (let step = 0; step < 10 && machine.run(STEP).state === 'running'; step++);
  expect(machine.check()).toEqual([]);
  expect(machine.leftovers()).toEqual([]);
}

/** Runs a program twice and gives the first ending, once the second was found to be the same in all. */
export function run(scene: Scene): Ending {
  const first = runOnce(scene);
  const second = runOnce(scene);
  expect(second.stdout).toBe(first.stdout);
  expect(second.stderr).toBe(first.stderr);
  expect({ retired: second.retired, hash: second.hash, status: second.status }).toEqual({
    retired: first.retired,
    hash: first.hash,
    status: first.status,
  });
  endAll(second);
  return first;
}

/** A layer of a few files, all of them executable by all. */
export const fileLayer = (files: Readonly<Record<string, Uint8Array | string>>): Layer =>
  memoryLayer(
    'test files',
    Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, { bytes, mode: 0o755 }])),
  );
