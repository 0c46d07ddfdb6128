import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Real programs from Debian packages, for long: `npm run test:linux`, which pulls the packages, too. */
const PROGRAMS = 'test/programs/**/*.test.ts';

export default defineConfig({
  test: {
    // Machines are single-threaded and keep one processor busy each.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
          // They take a second at most, and many times that where others are at work.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'machine',
          include: ['test/**/*.test.ts'],
          exclude: [PROGRAMS],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'programs',
          include: [PROGRAMS],
          testTimeout: 1_200_000,
          hookTimeout: 300_000,
          maxConcurrency: availableParallelism(),
        },
      },
    ],
  },
});
