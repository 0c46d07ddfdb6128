/**
 * Predicted bursts, for SJF and SRTF. The next CPU burst of a task is expected to be the exponential average of
 * those it had, with a half: prediction = (last burst + last prediction) / 2. The first one is a quantum.
 */
import type { Nanos } from '../../base/index.ts';
import type { PolicyState, ReadyReason } from './policy.ts';

/** What is known of a task's bursts. */
export interface Burst {
  /** Expected length of the present burst; 0 before the first. */
  predicted: number;
  /** How much of it has run. */
  ran: number;
}

export const newBurst = (): Burst => ({ predicted: 0, ran: 0 });

/** Blocking and yielding end a burst. */
const ENDS: ReadonlySet<ReadyReason> = new Set(['wake', 'yield']);

/** The task becomes ready: it is in the same burst still, or expects the next one. */
export function expectBurst({ quantum }: PolicyState, burst: Burst, why: ReadyReason): void {
  if (burst.predicted === 0) burst.predicted = quantum;
  if (!ENDS.has(why) || burst.ran === 0) return;
  burst.predicted = Math.max(1, (burst.predicted + burst.ran) / 2);
  burst.ran = 0;
}

/** How much is left as far as one can tell. A burst that is longer than expected is expected to be twice as long. */
export function remaining({ predicted, ran }: Burst): Nanos {
  let expected = predicted;
  while (expected <= ran) expected *= 2;
  return Math.ceil(expected - ran) as Nanos;
}
