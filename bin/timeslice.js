#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write(
    'timeslice: not built yet\ntimeslice: run `npm install && npm run build` in the checkout first\n',
  );
  process.exit(125);
}
await import(main.href);
