/** The engines, and the command with which each runs a program. */
import { basename, dirname, join } from 'node:path';
import { compile, out } from './build.ts';
import type { Program } from './programs.ts';
import { sysroot } from './sysroot.ts';

const here = import.meta.dirname;

/** In the order in which they take turns. */
export const ENGINES = ['native', 'qemu', 'timeslice', 'v86'] as const;
/** One that runs the programs. */
export type Engine = (typeof ENGINES)[number];

/** An argument vector. */
export type Command = readonly string[];

/** What the commands depend on. */
export interface Setting {
  /** Our command: the built one of this checkout, or another to compare. */
  readonly timeslice: string;
  /** The folder of v86's package; null where it could not be fetched. */
  readonly v86: string | null;
}

/** The commands of one program by engine, with `count` operations where it counts; absent where it cannot run. */
export function commands(
  program: Program,
  count: number | undefined,
  setting: Setting,
): ReadonlyMap<Engine, Command> {
  const pinned = program.pinned === true ? ['taskset', '-c', '0'] : [];
  const made =
    program.service !== undefined
      ? served(program.service, count ?? 0, setting)
      : program.source === undefined
        ? scripted(program, setting)
        : compiled(program, count, setting);
  return new Map([...made].map(([engine, command]) => [engine, [...pinned, ...command]]));
}

/** Nothing read ahead of the program may be kept from an earlier run, or a kernel without input would not run at all. */
const ours = (setting: Setting, warm: boolean, ...rest: readonly string[]): Command => [
  process.execPath,
  setting.timeslice,
  'run',
  '--warp',
  ...(warm ? [] : ['--cold']),
  ...rest,
];

function compiled(program: Program, count: number | undefined, setting: Setting): Map<Engine, Command> {
  const source = program.source!;
  const native = compile(source, 'native');
  const guest = compile(source, 'riscv64');
  const args = count === undefined ? [] : [String(count)];
  // Without binfmt_misc, a program that QEMU runs must be told how to run another.
  const runner = program.name === 'forkexec' ? ['/usr/bin/qemu-riscv64'] : [];
  const all = new Map<Engine, Command>([
    ['native', [native, ...args]],
    ['qemu', ['qemu-riscv64', guest, ...args, ...runner]],
    ['timeslice', ours(setting, false, '--image', 'tiny', guest, ...args)],
  ]);
  if (program.v86 === true && setting.v86 !== null)
    all.set('v86', [process.execPath, join(here, 'v86/run.mjs'), setting.v86, compile(source, 'v86')]);
  return all;
}

/** Debian's own program in our image, and under QEMU in the same files; native Linux has another version of it. */
function scripted(program: Program, setting: Setting): Map<Engine, Command> {
  const { image, interpreter, args } = program.script!;
  const root = sysroot(image, join(out, image));
  if (root === undefined) return new Map();
  const paths = args.map((arg) => (arg.startsWith('scripts/') ? join(here, arg) : arg));
  return new Map<Engine, Command>([
    ['qemu', ['qemu-riscv64', '-L', root, join(root, interpreter), ...paths]],
    ['timeslice', ours(setting, program.warm === true, '--image', image, basename(interpreter), ...paths)],
  ]);
}

/** Several programs that talk to each other: started by the host's shell with QEMU before each, and by the image's. */
function served(
  { image, script }: NonNullable<Program['service']>,
  count: number,
  setting: Setting,
): Map<Engine, Command> {
  const root = sysroot(image, join(out, image));
  if (root === undefined) return new Map();
  const call = ['sh', join(here, script), String(count)];
  const around = [`RUN=qemu-riscv64 -L ${root}`, `BIN=${root}/usr/bin/`, 'PORT=45679'];
  return new Map<Engine, Command>([
    ['qemu', ['env', ...around, ...call]],
    ['timeslice', ours(setting, false, '--image', image, ...call)],
  ]);
}

/** Our command of this checkout. */
export const builtCommand = join(dirname(here), 'bin/timeslice.js');
