/** A few random sequences of changes to mappings; more are in test/programs. */
import { describeSeeds } from './random-operations.ts';

describeSeeds(4, 'random-maps');
