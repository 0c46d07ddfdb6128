/** Calls that the machine refuses to everybody: the table of declarations says so, and with which errno. */
import type { Errno } from '../../src/abi/index.ts';
import { FAMILIES } from '../../src/syscalls/index.ts';
import { type ErrnoCase, onlyHere, refuses } from './errno-case.ts';

/** All of them, as Linux without that feature answers them. */
export const refusedCases: readonly ErrnoCase[] = FAMILIES.flatMap(({ calls }) => calls).flatMap(
  ({ name, support, errors }) =>
    typeof support === 'object' && 'refused' in support && errors.length === 1
      ? [onlyHere('Linux has this, the machine does not', refuses(name, [], errors[0] as Errno))]
      : [],
);
