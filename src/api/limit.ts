/** What a machine says that met one of its limits, or can never go on. */
import { type Problem, problem, safe } from '../base/index.ts';
import type { Circle, RunState, Settings } from '../machine/index.ts';

type Limit = Extract<RunState, { state: 'limit' }>['limit'];

const SENTENCES: Readonly<Record<Limit, (settings: Settings) => readonly [sentence: string, hint: string]>> =
  {
    instructions: ({ maxInstructions }) => [
      `stopped after ${maxInstructions} instructions, its limit`,
      'If it should go on, raise the limit (maxInstructions, --max-instructions).',
    ],
    time: ({ virtualTimeout }) => [
      `stopped after ${virtualTimeout / 1e9} s of virtual time, its limit`,
      'If it should go on, raise the limit (virtualTimeout, --virtual-timeout).',
    ],
    output: ({ maxOutput }) => [
      `stopped after ${maxOutput} bytes of output, its limit`,
      'If it should go on, raise the limit (maxOutput, --max-output).',
    ],
  };

/** The problem for a limit that was met. */
export function limitMet(limit: Limit, settings: Settings): Problem {
  const [sentence, hint] = SENTENCES[limit](settings);
  return problem(`limit-${limit}`, sentence, hint);
}

/** The problem of tasks that wait for each other for ever. */
export function deadlocked(circles: readonly Circle[]): Problem {
  const told = circles.map((circle) =>
    circle
      .map(({ comm, tid, on, by }) => `${safe(comm)} ${tid} waits (${on}) for ${by?.join(', ')}`)
      .join('; '),
  );
  return problem(
    'deadlock',
    `stopped in a deadlock: ${told.join('; ')}`,
    'Record the run (--record FILE) and look: timeslice queues FILE --at end.',
  );
}
