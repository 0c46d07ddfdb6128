/** How the processor executes: nothing the guest could notice depends on it. */

/**
 * `interpreter`: one operation after another. `compiler`: whatever is jumped to is compiled at once (for tests).
 * `mixed`: interpreted until it has been jumped to often, then compiled.
 */
export type Tier = (typeof TIERS)[number];
export const TIERS = ['interpreter', 'mixed', 'compiler'] as const;

/** How often an operation is jumped to before it is compiled. */
export const HOT_AFTER: Readonly<Record<Tier, number>> = {
  interpreter: Number.POSITIVE_INFINITY,
  mixed: 16000,
  compiler: 1,
};
