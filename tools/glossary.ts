/** `npm run glossary`: writes docs/glossary.md from the entries in `src/words`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { glossaryText } from './glossary-text.ts';

writeFileSync(join(import.meta.dirname, '../docs/glossary.md'), glossaryText());
