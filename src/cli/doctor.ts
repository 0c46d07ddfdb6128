/** `timeslice doctor`: what is set up on this computer, what is missing, and the command that mends it. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Command } from 'commander';
import { isProblem } from '../base/index.ts';
import { boot, cacheFolder, chooseMirror, keptBeginnings, openImage } from '../host-node/index.ts';
import { styled } from './say.ts';
import { version } from './version.ts';

interface Finding {
  readonly what: string;
  /** `missing` stops something that most people want; `optional` only what developers do. */
  readonly state: 'ok' | 'missing' | 'optional';
  readonly detail: string;
  /** The command that mends it, or what to do. */
  readonly mend?: string;
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('say what is set up, what is missing, and how to mend it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  timeslice doctor\n\nThe exit status is 0 when nothing is missing.')
    .action(async (flags: { json?: boolean }) => {
      const findings = await examine();
      process.stdout.write(flags.json ? `${JSON.stringify(findings, null, 2)}\n` : inWords(findings));
      if (findings.some(({ state }) => state === 'missing')) process.exitCode = 1;
    });
}

const MARKS = {
  ok: ['green', 'ok     '],
  missing: ['red', 'missing'],
  optional: ['yellow', 'absent '],
} as const;

function inWords(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings
    .map(({ what, state, detail, mend }) => {
      const [colour, word] = MARKS[state];
      const line = `${styled(process.stdout, colour, word)}  ${what.padEnd(width)}  ${detail}\n`;
      return mend === undefined ? line : `${line}${' '.repeat(9 + width + 2)}to mend: ${mend}\n`;
    })
    .join('');
}

const examine = async (): Promise<readonly Finding[]> => [
  node(),
  await machine(),
  cache(),
  starts(),
  mirror(),
  debian(),
  ...tools(),
];

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  const detail = `timeslice ${version()} on Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  return isNew
    ? { what: 'Node', state: 'ok', detail }
    : { what: 'Node', state: 'missing', detail, mend: 'install Node 20.19 or newer' };
}

/** A machine that runs a program is the best proof that it can. */
async function machine(): Promise<Finding> {
  const what = 'machine';
  try {
    const began = performance.now();
    const tried = await boot();
    const { exitCode } = await tried.spawn(['true']).wait();
    tried.close();
    const took = Math.round(performance.now() - began);
    if (exitCode === 0) return { what, state: 'ok', detail: `boots and runs a program in ${took} ms` };
    return { what, state: 'missing', detail: `true ended with ${exitCode}`, mend: 'report this, please' };
  } catch (error) {
    const mend = 'lift the limit of address space (ulimit -v unlimited), or report this';
    return { what, state: 'missing', detail: `none can be made: ${(error as Error).message}`, mend };
  }
}

function cache(): Finding {
  const folder = cacheFolder();
  let nearest = folder;
  while (!existsSync(nearest)) nearest = join(nearest, '..');
  try {
    accessSync(nearest, constants.W_OK);
    return { what: 'cache folder', state: 'ok', detail: folder };
  } catch {
    return {
      what: 'cache folder',
      state: 'missing',
      detail: `${nearest} cannot be written`,
      mend: 'make it writable, or set TIMESLICE_CACHE to a folder of your own',
    };
  }
}

/** Where runs of commands that ran before begin. */
function starts(): Finding {
  const { count, bytes } = keptBeginnings(cacheFolder());
  const detail = `${count} kept, ${Math.round(bytes / 2 ** 20)} MB; --cold runs from the very start`;
  return { what: 'warm starts', state: 'ok', detail };
}

function mirror(): Finding {
  const what = 'Debian mirror';
  const chosen = chooseMirror({});
  if (isProblem(chosen)) return { what, state: 'optional', detail: chosen.sentence, mend: chosen.hint };
  return { what, state: 'ok', detail: chosen };
}

function debian(): Finding {
  const what = 'image debian';
  const image = openImage(cacheFolder(), 'debian');
  if (isProblem(image))
    return { what, state: 'missing', detail: image.sentence, mend: 'timeslice image pull' };
  image.close();
  return { what, state: 'ok', detail: `${image.packages.length} packages, ${image.id.slice(0, 19)}` };
}

/** Programs that only the tests and the building of guest programs need, and the Debian package of each. */
const TOOLS = [
  ['riscv64-linux-gnu-gcc', 'gcc-riscv64-linux-gnu', 'builds C programs for the machine'],
  ['qemu-riscv64', 'qemu-user', 'the tests compare with it'],
  ['chromium', 'chromium', 'the tests run the machine in it'],
] as const;

function tools(): readonly Finding[] {
  return TOOLS.map(([what, from, why]) => {
    const folder = (process.env['PATH'] ?? '').split(delimiter).find((each) => existsSync(join(each, what)));
    return folder === undefined
      ? { what, state: 'optional', detail: why, mend: `sudo apt-get install ${from}` }
      : { what, state: 'ok', detail: join(folder, what) };
  });
}
