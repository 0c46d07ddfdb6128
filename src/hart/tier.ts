/** How the processor executes: nothing the guest could notice depends on it. */

/**
 * `interpreter`: one operation after another. `compiler`: whatever is jumped to is compiled at once (for tests).
 * `mixed`: interpreted until it has been jumped to often, then compiled.
 */
export type Tier = (typeof TIERS)[number];
export const TIERS = ['interpreter', 'mixed', 'compiler'] as const;

/**
 * How often an operation is jumped to before it is compiled, in a machine that has run for so many instructions.
 * Compiling costs as much as interpreting tens of thousands of instructions, so a short run compiles only what it
 * mostly does.
 */
export const hotAfter = (tier: Tier, retired: number): number =>
  tier === 'compiler' ? 1 : Math.min(MOST, Math.max(LEAST, Math.floor(retired / SHARE)));

const [LEAST, MOST, SHARE] = [4000, 24_000, 400];
