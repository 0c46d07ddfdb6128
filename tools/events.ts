/** `npm run events`: writes docs/events.md, the kinds of events, from their declarations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventsText } from './events-text.ts';

const file = join(dirname(import.meta.dirname), 'docs/events.md');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, eventsText());
