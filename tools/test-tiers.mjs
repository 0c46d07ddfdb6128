/** `npm run test:tiers`: every program of the corpus in every shape, and ten times the random programs. */
import { run } from './setup.mjs';

process.env.TIMESLICE_TIERS = 'all';
process.env.TIMESLICE_TRIALS ??= '400';
const status = run('npx', ['--no-install', 'vitest', 'run', 'src/hart/tiers.test.ts', 'test/tiers'], {
  mayFail: true,
});
process.exit(status);
