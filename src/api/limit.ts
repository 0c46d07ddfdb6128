/** What a machine that met one of its limits says. */
import { type Problem, problem } from '../base/index.ts';
import type { RunState, Settings } from '../machine/index.ts';

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
