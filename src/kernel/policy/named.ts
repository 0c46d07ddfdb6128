/** The policies that are there, by name, and policies that users bring. */
import { isProblem, type Problem, problem } from '../../base/index.ts';
import { eevdf } from './eevdf.ts';
import { fair } from './fair.ts';
import { fcfs } from './fcfs.ts';
import { lottery } from './lottery.ts';
import { mlfq } from './mlfq.ts';
import type { Policy } from './policy.ts';
import { priority, priorityCooperative, priorityStarving } from './priority.ts';
import { roundRobin } from './round-robin.ts';
import { sjf } from './sjf.ts';
import { srtf } from './srtf.ts';
import { stride } from './stride.ts';
import { type PolicySource, readPolicy } from './user-policy.ts';

/** All of our own; the first one is what a machine has unless told. */
export const POLICIES: readonly Policy[] = [
  fair,
  eevdf,
  fcfs,
  sjf,
  srtf,
  roundRobin,
  priority,
  priorityStarving,
  priorityCooperative,
  mlfq,
  lottery,
  stride,
];

export const POLICY_NAMES: readonly string[] = POLICIES.map(({ name }) => name);

/** Which policy: one of ours by its name, or the program of another one. Plain data, which recordings keep. */
export type PolicyChoice = string | PolicySource;

/** Where a faulty policy of a user's is told of. */
export type TellFault = (fault: Problem) => void;

/** The policy that is meant. */
export function policyOf(choice: PolicyChoice, tell: TellFault): Policy | Problem {
  if (typeof choice !== 'string') return readPolicy(choice, tell);
  const found = POLICIES.find(({ name }) => name === choice);
  return (
    found ??
    problem(
      'unknown-policy',
      `there is no scheduling policy ${choice}`,
      `Give one of ${POLICY_NAMES.join(', ')}, or a file such as ./my-policy.ts.`,
    )
  );
}

/** Why a choice is no policy; null when it is one. */
export function whyNoPolicy(choice: PolicyChoice): Problem | null {
  const found = policyOf(choice, () => {});
  return isProblem(found) ? found : null;
}
