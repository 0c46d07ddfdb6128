/** Programs of all kinds, and how the tiers are held to each other on them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { memoryLayer } from '../../src/api/index.ts';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type Machine, type Tier } from '../../src/machine/index.ts';
import { examples, imageOf } from '../debian/image.ts';
import { tinyCases } from '../guest/cases.ts';
import { linuxCases } from '../linux/cases.ts';
import { canCross } from '../linux/libc.ts';
import { libcCases } from '../linux/libc-cases.ts';
import { fileLayer, type Scene } from '../machine-fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path));

/** A program to be held. Long ones are stopped after so many instructions. */
export interface Part extends Scene {
  readonly name: string;
  readonly stop?: number;
}

/** How a machine is run; nothing of it may be seen in its end but what `cpus` and `quantum` do. */
export interface Manner {
  readonly tier: Tier;
  /** Instructions of one call of `run`. */
  readonly chunk: number;
}

export interface Shape {
  readonly cpus: number;
  readonly quantum: number;
}

/** What is left of a run. */
export interface Left {
  readonly hash: string;
  readonly retired: number;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CASE = { cwd: '/scratch', env: { PATH: '/nonexistent' } } as const;

const tinyParts = (): Part[] => {
  const layers = [fileLayer({ '/scratch/.keep': '', '/bin/tiny': read('guest/tiny.elf') })];
  return tinyCases.map((c) => ({
    ...CASE,
    name: `tiny: ${c.name}`,
    layers,
    argv: ['/bin/tiny', ...c.argv],
    stdin: c.stdin ?? '',
  }));
};

const suiteParts = (): Part[] => {
  const layers = [fileLayer({ '/scratch/.keep': '', '/bin/suite': read('guest/suite.elf') })];
  return linuxCases.map((c) => ({
    ...CASE,
    name: `suite: ${c.name}`,
    layers,
    argv: ['/bin/suite', ...c.argv],
    stdin: c.stdin ?? '',
  }));
};

function cross(source: string, flags: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'timeslice-tiers-'));
  const to = join(folder, 'program');
  const args = ['-O2', '-w', '-static', '-pthread', ...flags, '-o', to, join(root, source), '-lm'];
  const made = spawnSync('riscv64-linux-gnu-gcc', args, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const bytes = readFileSync(to);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** Kernels of the benchmarks: their hottest loops, a little of each. */
const kernelParts = (): Part[] =>
  readdirSync(join(root, 'bench/kernels'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => ({
      name: `kernel: ${basename(name, '.c')}`,
      layers: [fileLayer({ '/program': cross(`bench/kernels/${name}`, []) })],
      argv: ['/program'],
      stop: 12_345_678,
    }));

const libcParts = (): Part[] =>
  libcCases.map((c) => ({
    name: `libc: ${c.name}`,
    layers: [
      fileLayer({
        '/tiny': read('guest/tiny.elf'),
        '/program': cross(`guest/libc/${c.name}.c`, []),
        '/tmp/.keep': '',
      }),
    ],
    argv: ['/program', ...c.argv],
    cwd: '/tmp',
    stop: 60_000_000,
  }));

const DEBIAN: readonly (readonly [name: string, ...argv: string[]])[] = [
  ['bash', 'bash', '-c', 'for i in 1 2 3; do (echo $i; exit $i) & done; wait; seq 2000 | sort -r | tail -3'],
  ['coreutils', 'bash', '-c', 'seq 20000 | sha256sum; ls -lR /etc | wc -l; printf "%s\\n" b a c | sort'],
  ['hello', 'python3', '/examples/hello.py'],
  ['family', 'python3', '/examples/family.py'],
  ['three_tasks', 'python3', '/examples/three_tasks.py'],
  ['floats', 'python3', '-c', 'import math; print(sum(math.sin(i) / (i + 1) for i in range(20000)))'],
  [
    'regular expressions',
    'python3',
    '-c',
    'import re; print(len(re.findall(r"(\\w+)\\s\\1", "a a b b c " * 2000)))',
  ],
];

const debianParts = (): Part[] => {
  const image = imageOf('debian');
  if (image === null) return [];
  return DEBIAN.map(([name, ...argv]) => ({
    name: `debian: ${name}`,
    layers: [...image.layers, memoryLayer('scratch', {}), fileLayer(examples)],
    argv,
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
    stop: 250_000_000,
  }));
};

/** All programs that can be had here. */
export const corpus = (): readonly Part[] => [
  ...tinyParts(),
  ...suiteParts(),
  ...(canCross ? [...kernelParts(), ...libcParts()] : []),
  ...debianParts(),
];

const BOUND = 2_000_000_000;

function start(part: Part, shape: Shape, tier: Tier): Machine {
  const machine = bootMachine({
    hasInit: true,
    memory: 256 * 2 ** 20,
    maxInstructions: part.stop ?? BOUND,
    virtualTimeout: 600_000_000_000,
    ...shape,
    ...part.machine,
    tier,
    layers: part.layers,
  });
  if (isProblem(machine)) throw new Error(machine.sentence);
  return machine;
}

/** Runs a program to its end, or to where it is stopped. */
export function play(part: Part, shape: Shape, { tier, chunk }: Manner): Left {
  const machine = start(part, shape, tier);
  const { argv, env, cwd, stdin = '' } = part;
  const streams = { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' } as const;
  const program = machine.spawn({ argv, ...streams, ...(env && { env }), ...(cwd && { cwd }) });
  if (isProblem(program)) throw new Error(program.sentence);
  machine.write(program.stdin, typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin);
  machine.close(program.stdin);
  const out = { stdout: '', stderr: '' };
  const decoder = new TextDecoder();
  for (;;) {
    const { state } = machine.run(chunk);
    for (const name of ['stdout', 'stderr'] as const)
      out[name] += decoder.decode(machine.read(program[name]).bytes);
    const status = machine.waitStatus(program.pid);
    if (status === null && (state === 'running' || state === 'output-full')) continue;
    return { hash: machine.stateHash(), retired: machine.retired, status, ...out };
  }
}
