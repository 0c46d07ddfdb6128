/** Plays hostile scripts on this Linux and on our kernel, and compares what every call answered. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder, inPath } from '../guest/linux.ts';
import { fileLayer, run } from '../machine-fixture.ts';
import { callTable, FAMILIES, hostileScript } from './hostile-calls.ts';

const source = resolve(import.meta.dirname, '../../guest/libc/hostile.c');
const isRoot = process.getuid?.() === 0;
const canAsk =
  process.platform === 'linux' && isRoot && inPath('cc') !== undefined && inPath('unshare') !== undefined;
const canCross = inPath('riscv64-linux-gnu-gcc') !== undefined;

function build(folder: string, compiler: string, flags: readonly string[], to: string): void {
  writeFileSync(join(folder, 'hostile-calls.h'), callTable());
  execFileSync(compiler, ['-O1', '-w', ...flags, '-I', folder, '-o', to, source], { stdio: 'inherit' });
}

/** In namespaces of its own, as root that becomes nobody. */
function onLinux(program: string, script: string, folder: string): string {
  const scratch = join(folder, `scratch${Math.floor(process.hrtime()[1])}`);
  mkdirSync(scratch);
  chmodSync(folder, 0o755);
  const ns = ['-m', '-p', '-f', '-i', '-u', '-n', '--kill-child', '--propagation', 'private'];
  const shell = 'mount -t tmpfs none "$0" && cd "$0" && exec "$1"';
  const child = spawnSync('unshare', [...ns, 'sh', '-c', shell, scratch, program], {
    input: script,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    timeout: 20_000,
  });
  expect(child.stderr).toBe('');
  return child.stdout;
}

function here(program: Uint8Array, script: string): string {
  const layers = [fileLayer({ '/scratch/.keep': '', '/bin/hostile': program })];
  const { stdout, status, stderr } = run({ layers, argv: ['/bin/hostile'], cwd: '/tmp', stdin: script });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

/** The first calls that answered otherwise, with what was asked. */
function differences(script: string, linux: string, ours: string): string[] {
  const asked = script.trimEnd().split('\n');
  const [theirs, mine] = [linux.trimEnd().split('\n'), ours.trimEnd().split('\n')];
  return asked.flatMap((call, i) =>
    theirs[i] === mine[i]
      ? []
      : [`${call.replace(/x{200,}|(a\/){99,}/g, 'LONG')}: Linux ${theirs[i]}, here ${mine[i]}`],
  );
}

/** So many seeds of so many calls for each family. */
export function describeHostile(seeds: number, calls: number, from = 1): void {
  describe.skipIf(!canAsk || !canCross)(
    'hostile calls (as root, with cc, unshare and riscv64-linux-gnu-gcc)',
    () => {
      test.each(Object.keys(FAMILIES))('%s', (family) => {
        inFolder((folder) => {
          const [native, guest] = [join(folder, 'native'), join(folder, 'guest')];
          build(folder, 'cc', [], native);
          build(folder, 'riscv64-linux-gnu-gcc', ['-static'], guest);
          const program = readFileSync(guest);
          const found: string[] = [];
          for (let seed = from; seed < from + seeds; seed++) {
            const script = hostileScript(family, seed, calls);
            found.push(...differences(script, onLinux(native, script, folder), here(program, script)));
          }
          expect(found).toEqual([]);
        });
      });
    },
  );
}
