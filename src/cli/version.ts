/** The version in the package's own description. */
import { readFileSync } from 'node:fs';

/** `0.1.0` */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (name === 'timeslice-os') return version;
    } catch {}
  }
  return 'unknown';
}
