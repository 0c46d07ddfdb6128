/** Tests of CPython that come to something else here than on Linux, each with its reason. At most ten may stand here. */
import type { Result } from './outcomes.ts';

/** Here and on Linux; undefined is a test that was not there. */
export interface Difference {
  readonly test: string;
  readonly here: Result | undefined;
  readonly linux: Result | undefined;
  readonly reason: string;
}

/** All there are. */
export const DIFFERENCES: readonly Difference[] = [
  {
    test: 'test.test_time.TimeTestCase.test_monotonic_settime',
    here: 'pass',
    linux: 'skip',
    reason:
      'the machine has a clock of its own to set; the oracle may not set the clock of the computer it runs on',
  },
];
