/**
 * `npm run bench`: builds our own programs, runs them under every engine in turns, checks every checksum and
 * prints medians and ratios. `q` is our time over qemu-riscv64's, `n` over native Linux, all in the same run.
 *
 *     npm run bench [-- --rounds 5 --only sieve,syscall --compare]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { sysroot } from './sysroot.ts';

const here = import.meta.dirname;
const top = dirname(here);
const out = join(here, 'out');

/** How much work a program does, chosen so that the fastest engine needs about half a second. */
const SCALE: Readonly<Record<string, number>> = {
  syscall: 4_000_000,
  forkexec: 1500,
  forkwait: 400,
  futex: 125_000,
  pagefault: 100_000,
  pingpong: 100_000,
  pipebw: 40_000,
  processes: 2000,
  threads: 25_000,
};
/** Two who wait for each other run on one processor: a wake-up across processors costs ten times as much. */
const PINNED: ReadonlySet<string> = new Set(['futex', 'pingpong', 'pipebw', 'threads']);
/** What our command is told beside the program. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = { processes: ['--max-processes', '20000'] };
/** Ten thousand processes would be ten thousand emulators. */
const NOT_UNDER_QEMU: ReadonlySet<string> = new Set(['processes']);
/** Without binfmt_misc, a program that QEMU runs must be told how to run another. */
const UNDER_QEMU: Readonly<Record<string, readonly string[]>> = { forkexec: ['/usr/bin/qemu-riscv64'] };

interface Work {
  readonly name: string;
  readonly kind: 'kernel' | 'process' | 'python';
  /** Argument vectors by engine; the engine's own start is measured by `idle` and taken off. */
  readonly commands: Readonly<Record<Engine, readonly string[] | null>>;
  readonly idle: Readonly<Record<Engine, readonly string[] | null>>;
}
const ENGINES = ['native', 'qemu', 'timeslice'] as const;
type Engine = (typeof ENGINES)[number];

const onPath = (program: string) => spawnSync('which', [program]).status === 0;

function compile(compiler: string, source: string, suffix: string, flags: readonly string[]): string {
  const target = join(out, `${basename(source, '.c')}.${suffix}`);
  execFileSync(compiler, ['-O2', '-static', ...flags, '-o', target, source], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return target;
}

const ourCommand = [process.execPath, join(top, 'bin/timeslice.js'), 'run', '--image', 'tiny', '--warp'];

function command(
  engine: Engine,
  native: string,
  guest: string,
  args: readonly string[],
): readonly string[] | null {
  const name = basename(native, '.native');
  if (engine === 'timeslice') return [...ourCommand, ...(OPTIONS[name] ?? []), guest, ...args];
  const pin = PINNED.has(name) ? ['taskset', '-c', '0'] : [];
  if (engine === 'native') return [...pin, native, ...args];
  if (NOT_UNDER_QEMU.has(name)) return null;
  return [...pin, 'qemu-riscv64', guest, ...args, ...(args.length > 0 ? (UNDER_QEMU[name] ?? []) : [])];
}

const byEngine = <T>(make: (engine: Engine) => T) =>
  Object.fromEntries(ENGINES.map((engine) => [engine, make(engine)])) as Record<Engine, T>;

function compiledWork(folder: string, kind: 'kernel' | 'process'): Work[] {
  const sources = readdirSync(join(here, folder)).filter((file) => file.endsWith('.c'));
  return sources.map((file) => {
    const source = join(here, folder, file);
    const native = compile('gcc', source, 'native', []);
    const guest = compile('riscv64-linux-gnu-gcc', source, 'riscv64', []);
    const name = basename(file, '.c');
    const args = kind === 'process' ? [String(SCALE[name])] : [];
    return {
      name,
      kind,
      commands: byEngine((engine) => command(engine, native, guest, args)),
      idle: byEngine((engine) => (kind === 'process' ? command(engine, native, guest, ['0']) : null)),
    };
  });
}

function time(argv: readonly string[]): { seconds: number; output: string } {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { seconds, output: stdout };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Runs the engines in turns, so that a loaded minute touches them all. */
function measure(work: Work, rounds: number): Record<Engine, number> {
  const samples = byEngine((): number[] => []);
  const outputs = new Set<string>();
  for (let round = 0; round < rounds; round++)
    for (const engine of ENGINES) {
      const argv = work.commands[engine];
      if (argv === null) continue;
      const idle = work.idle[engine] === null ? 0 : time(work.idle[engine]).seconds;
      const { seconds, output } = time(argv);
      outputs.add(output);
      samples[engine].push(Math.max(seconds - idle, 1e-6));
    }
  if (outputs.size !== 1) throw new Error(`${work.name}: the engines disagree: ${[...outputs].join(' / ')}`);
  return byEngine((engine) => median(samples[engine]));
}

/** Debian's CPython under our kernel, and the same image's under QEMU. */
function pythonWork(): Work[] {
  const root = sysroot('debian', join(out, 'debian'));
  if (root === undefined) return [];
  const argv = byEngine((engine) =>
    engine === 'qemu'
      ? ['qemu-riscv64', '-L', root, join(root, 'usr/bin/python3.13'), '-c', 'pass']
      : engine === 'timeslice'
        ? [process.execPath, join(top, 'bin/timeslice.js'), 'run', '--warp', 'python3', '-c', 'pass']
        : null,
  );
  return [{ name: 'python3 -c pass', kind: 'python', commands: argv, idle: byEngine(() => null) }];
}

const ratio = (a: number, b: number) => (Number.isFinite(a / b) ? (a / b).toFixed(2) : '-');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    compare: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
for (const [program, name] of [
  ['qemu-riscv64', 'qemu-user'],
  ['riscv64-linux-gnu-gcc', 'gcc-riscv64-linux-gnu'],
] as const)
  if (!onPath(program))
    throw new Error(`${program} is missing: install Debian's ${name}, or run npm test once as root`);
mkdirSync(out, { recursive: true });
const only = values.only?.split(',');
const works = [
  ...compiledWork('kernels', 'kernel'),
  ...compiledWork('process', 'process'),
  ...pythonWork(),
].filter(({ name }) => only === undefined || only.includes(name));
const baselineFile = join(here, 'baseline.json');
const baseline = existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : { results: {} };
const results: Record<string, Record<string, number>> = {};
console.log('work               native s     qemu s     ours s        q        n   baseline q');
for (const work of works) {
  const { native, qemu, timeslice } = measure(work, Number(values.rounds));
  results[work.name] = { native, qemu, timeslice, q: timeslice / qemu, n: timeslice / native };
  const before = values.compare ? (baseline.results[work.name]?.q?.toFixed(2) ?? '-') : '';
  const cells = [native, qemu, timeslice].map((seconds) => seconds.toFixed(3).padStart(10));
  console.log(
    `${work.name.padEnd(16)} ${cells.join(' ')} ${ratio(timeslice, qemu).padStart(8)} ${ratio(timeslice, native).padStart(8)} ${before}`,
  );
}
const kernels = works
  .filter(({ kind }) => kind === 'kernel')
  .map(({ name }) => Math.log(results[name]!['q']!));
if (kernels.length > 0)
  console.log(
    `kernels, geometric mean: ${Math.exp(kernels.reduce((a, b) => a + b, 0) / kernels.length).toFixed(2)} q`,
  );
const report = { machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }, results };
writeFileSync(join(out, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
if (values.save) writeFileSync(baselineFile, `${JSON.stringify(report, null, 2)}\n`);
