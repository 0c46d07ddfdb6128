/** Many random sequences of changes to mappings. */
import { describeSeeds } from '../linux/random-operations.ts';

describeSeeds(100, 'random-maps');
