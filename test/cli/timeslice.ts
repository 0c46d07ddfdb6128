/** Runs the built command as a user would, and gives what came out of it. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const command = join(root, 'bin/timeslice.js');
if (!existsSync(join(root, 'dist/cli.cjs'))) throw new Error('run `npm run build` first');

export interface Told {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Way {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs ours, such as setpriv with its options. */
  readonly through?: readonly string[];
  /** Called once the command has written something; for signals. */
  readonly onOutput?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `timeslice ARGS…` to its end. */
export async function timeslice(
  args: readonly string[],
  { cwd = root, input = '', env, through = [], onOutput }: Way = {},
): Promise<Told> {
  const options: SpawnOptions = { cwd, env: { ...process.env, NO_COLOR: '1', ...env } };
  const [program, ...words] = [...through, process.execPath, command, ...args];
  const child = spawn(program!, words, options);
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    if (out === '') onOutput?.((signal) => child.kill(signal));
    out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
  const [status, signal] = await once(child, 'close');
  return { status: status ?? `ended by ${signal}`, out, err };
}

/** The same on the embedded image. */
export const onTiny = (args: readonly string[], way?: Way): Promise<Told> =>
  timeslice(['run', '--image', 'tiny', ...args], way);
