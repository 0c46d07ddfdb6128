/** Many random sequences of file operations. */
import { describeSeeds } from '../linux/random-operations.ts';

describeSeeds(60);
