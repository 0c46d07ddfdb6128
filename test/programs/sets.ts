/**
 * The sets of Debian packages that the long tests run on, by name (sets.json: the runner reads it, too, and pulls what
 * the chosen test files name with `imageOfSet`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalName } from '../../src/image/index.ts';

const sets = JSON.parse(readFileSync(join(import.meta.dirname, 'sets.json'), 'utf8')) as Record<
  string,
  readonly string[]
>;

/** The image that has the packages of a set beside Debian's default ones, for `describeDebian`. */
export function imageOfSet(set: string): string {
  const packages = sets[set];
  if (packages === undefined) throw new Error(`sets.json has no set ${set}`);
  return canonicalName(['debian', ...packages].join('+'));
}
