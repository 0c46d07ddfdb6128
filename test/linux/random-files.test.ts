/** A few random sequences of file operations; more are in test/programs. */
import { describeSeeds } from './random-operations.ts';

describeSeeds(3);
