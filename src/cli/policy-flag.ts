/** `--policy`: one of our scheduling policies by name, or a file of this computer that exports one. */
import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { POLICY_NAMES, type PolicyChoice } from '../api/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';

const PROGRAMS = ['.ts', '.mts', '.js', '.mjs', '.cjs'];

/** What the flag means. A file is read, and put together with what it imports, into one program as plain data. */
export async function readPolicy(text: string, option = '--policy'): Promise<PolicyChoice | Problem> {
  if (POLICY_NAMES.includes(text)) return text;
  if (PROGRAMS.includes(extname(text))) return bundle(text, option);
  return problem(
    'unknown-policy',
    `${option} ${text}: there is no scheduling policy of that name`,
    `Give one of ${POLICY_NAMES.join(', ')}, or a file such as ./my-policy.ts.`,
  );
}

/** As `readNumbers` gives the machine's other options: with the policy, if the flag is there. */
export async function withPolicy<T extends object>(
  numbers: T | Problem,
  text: string | undefined,
): Promise<(T & { policy?: PolicyChoice }) | Problem> {
  if (isProblem(numbers) || text === undefined) return numbers;
  const policy = await readPolicy(text);
  return isProblem(policy) ? policy : { ...numbers, policy };
}

async function bundle(file: string, option: string): Promise<PolicyChoice | Problem> {
  const path = resolve(file);
  try {
    readFileSync(path);
  } catch {
    return problem(
      'no-policy-file',
      `${option} ${file}: this file cannot be read`,
      'Give the path of a policy.',
    );
  }
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2022',
      logLevel: 'silent',
    });
    return { name: basename(file, extname(file)), source: outputFiles[0]!.text };
  } catch (error) {
    return problem('bad-policy', `${option} ${file}: ${firstError(error)}`, HINT);
  }
}

const HINT = 'docs/policies.md tells what a policy is, with an example.';

interface Message {
  readonly text: string;
  readonly location: { readonly line: number; readonly column: number } | null;
}

function firstError(error: unknown): string {
  const [first] = (error as { readonly errors?: readonly Message[] }).errors ?? [];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = first;
  return location === null ? text : `line ${location.line}, column ${location.column + 1}: ${text}`;
}
