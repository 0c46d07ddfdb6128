/** The observations of the gallery as tests: what a text says to observe is so, by events and by inspection. */
import { beforeAll, describe, test } from 'vitest';
import { imageOf } from '../debian/image.ts';
import { communication } from './communication.ts';
import { creating } from './creating.ts';
import { memory } from './memory.ts';
import { processes } from './processes.ts';
import { python } from './python.ts';
import { states } from './states.ts';
import { threads } from './threads.ts';
import { trouble } from './trouble.ts';
import { type Example, type Observations, type Watched, watch } from './watch.ts';

/** By the name of the example. */
export const observations: Readonly<Record<string, Observations>> = {
  ...processes,
  ...states,
  ...memory,
  ...creating,
  ...threads,
  ...communication,
  ...trouble,
  ...python,
};

/** Debian's image is not fetched for tests; CI has it. */
const isMissing = ({ file, image = 'tiny' }: Example): boolean =>
  file === undefined || (image !== 'tiny' && process.env['CI'] === undefined && imageOf(image) === null);

/** A test for each observation of an example, which runs once for all of them. */
export function describeObserved(example: Example): void {
  describe.skipIf(isMissing(example))(example.name, () => {
    let run: Watched;
    beforeAll(async () => {
      run = await watch(example);
    });
    test.each(Object.entries(observations[example.name] ?? {}))('%s', (_, check) => check(run));
  });
}
