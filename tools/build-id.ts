/** For the bundler: a hash that stands for all sources of the package. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..');

/** Equal for equal sources, wherever they lie. */
export function buildId(): string {
  const hash = createHash('sha256');
  const names = readdirSync(join(top, 'src'), { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((each) => each.endsWith('.ts') && !each.endsWith('.test.ts')).sort())
    hash.update(`${name.replaceAll('\\', '/')}\n`).update(readFileSync(join(top, 'src', name)));
  return hash.digest('hex');
}
