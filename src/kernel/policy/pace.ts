/** How fast virtual time runs for a task: the more it weighs by its nice value, the slower. */
import type { Schedulable } from './policy.ts';

/** Linux: the ordinary policies (man 7 sched). */
export const SCHED_OTHER = 0;
export const SCHED_IDLE = 5;

/** For each nice value from -20: a step is a quarter more or less. */
const PACE: readonly number[] = paces();

function paces(): number[] {
  // By multiplication alone, which is the same on every host.
  const pace = new Array<number>(40).fill(1);
  for (let nice = 1; nice < 20; nice++) pace[20 + nice] = pace[19 + nice]! * 1.25;
  for (let nice = -1; nice >= -20; nice--) pace[20 + nice] = pace[21 + nice]! / 1.25;
  return pace;
}

/** SCHED_IDLE weighs 3 where nice 0 weighs 1024. */
const IDLE_PACE = 1024 / 3;

/** Virtual nanoseconds of a nanosecond; one over it is the task's weight, or number of tickets. */
export const paceOf = ({ policy, nice }: Pick<Schedulable, 'policy' | 'nice'>): number =>
  policy === SCHED_IDLE ? IDLE_PACE : PACE[nice + 20]!;
