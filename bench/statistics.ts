/** What is computed from measurements: medians, ratios of paired runs, geometric means, and a comparison of two reports. */

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the ratios of runs made in the same round, so that a loaded minute weighs on both. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.slice(0, theirs.length).map((value, round) => value / theirs[round]!));
}

/** The geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Ratios of one program, by the letter of the peer. */
export type Ratios = Readonly<Record<string, number>>;

/** A ratio that grew by more than the tolerance since the baseline. */
export interface Regression {
  readonly name: string;
  readonly peer: string;
  readonly before: number;
  readonly after: number;
}

/** The ratios that are worse than the baseline's by more than `tolerance` (0.25 is a quarter); new programs are none. */
export function regressions(
  baseline: Readonly<Record<string, Ratios>>,
  current: Readonly<Record<string, Ratios>>,
  tolerance: number,
): Regression[] {
  return Object.entries(current).flatMap(([name, ratios]) =>
    Object.entries(ratios).flatMap(([peer, after]) => {
      const before = baseline[name]?.[peer];
      return before !== undefined && after > before * (1 + tolerance) ? [{ name, peer, before, after }] : [];
    }),
  );
}

/** What an operation costs: runs that do it, less the runs of the same program that start and do nothing. */
export function net(busy: readonly number[], idle: readonly number[]): number[] {
  return busy.map((value, round) => Math.max(value - (idle[round] ?? 0), 1e-6));
}
