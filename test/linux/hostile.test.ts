/** Hostile calls of every family, the same on this Linux and here; no seed may leak or hurt the machine. */
import { describeHostile } from './hostile.ts';

describeHostile(6, 120);
