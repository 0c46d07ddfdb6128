/** `npm run support`: writes docs/support.md, what the kernel answers to every system call, from the declarations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { supportText } from './support-text.ts';

const file = join(dirname(import.meta.dirname), 'docs/support.md');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, supportText());
