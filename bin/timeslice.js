#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, load } from './load.js';

const main = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
if (!existsSync(main)) {
  process.stderr.write(
    'timeslice: not built yet\ntimeslice: run `npm install && npm run build` in the checkout first\n',
  );
  process.exit(125);
}
load(main, join(cacheFolder(), 'code-1'));
