/**
 * What a user did wrong, told in one sentence with a hint. Never thrown inside the core: it is returned,
 * and the edge (library or command line) decides how to say it.
 */
export interface Problem {
  readonly kind: 'problem';
  /** Stable, for programs: `not-elf`, `wrong-machine`, `no-mirror` … */
  readonly code: string;
  /** One sentence that says what is wrong, without a full stop. */
  readonly sentence: string;
  /** What to do about it, an imperative sentence. */
  readonly hint: string;
}

export const problem = (code: string, sentence: string, hint: string): Problem => ({
  kind: 'problem',
  code,
  sentence,
  hint,
});

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem';
