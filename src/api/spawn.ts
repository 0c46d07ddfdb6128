/** How the library's user says what to start, and what the machine calls it. */
import { type Problem, problem } from '../base/index.ts';
import { type SpawnOptions as CoreSpawnOptions, DEFAULT_ENV, type StreamKind } from '../machine/index.ts';

/** Where a standard stream of a program leads. */
export type Stream = 'pipe' | 'console' | 'ignore';

export interface SpawnOptions {
  /** Instead of the machine's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** uid and gid; the machine's unless told. */
  readonly user?: number;
  /** `ignore` unless told: an empty input. */
  readonly stdin?: Stream;
  /** `pipe` unless told. `console` is the machine's terminal. */
  readonly stdout?: Stream;
  /** `pipe` unless told; `stdout` is the same pipe as standard output. */
  readonly stderr?: Stream | 'stdout';
}

/** As the machine takes it. */
export const coreSpawn = (
  argv: readonly string[],
  { env = DEFAULT_ENV, stdin = 'ignore', stdout = 'pipe', stderr = 'pipe', ...rest }: SpawnOptions,
): CoreSpawnOptions => ({
  ...rest,
  argv,
  env,
  stdin: kindOf(stdin),
  stdout: kindOf(stdout),
  stderr: kindOf(stderr),
});

const kindOf = <S extends string>(
  stream: S | 'ignore',
): Exclude<S, 'ignore'> | Extract<StreamKind, 'null'> =>
  stream === 'ignore' ? 'null' : (stream as Exclude<S, 'ignore'>);

/** The engine gives the memory in one piece, or throws. */
export function withMemory<T>(make: () => T | Problem): T | Problem {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const hint =
      'Give the machine less memory (memory, --memory 128M), or lift the limit (ulimit -v unlimited).';
    return problem('no-host-memory', 'this computer does not give a machine that much memory', hint);
  }
}
