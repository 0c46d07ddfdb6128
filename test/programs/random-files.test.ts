/** Many random sequences of file operations. */
import { describeSeeds } from '../linux/random-files.ts';

describeSeeds(60);
