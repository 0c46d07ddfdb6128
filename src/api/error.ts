/** How the library says what its user did wrong: problems of the core, thrown at the edge. */
import { isProblem, type Problem } from '../base/index.ts';

/** Something the caller can mend. `message` is the sentence, `hint` says what to do. */
export class TimesliceError extends Error {
  override readonly name = 'TimesliceError';
  /** Stable, for programs: `not-elf`, `unknown-image`, `bad-option` … */
  readonly code: string;
  readonly hint: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.sentence);
    this.code = problem.code;
    this.hint = problem.hint;
    this.problem = problem;
  }
}

/** A value, or the problem as an error. */
export function orThrow<T>(value: T | Problem): T {
  if (isProblem(value)) throw new TimesliceError(value);
  return value as T;
}
