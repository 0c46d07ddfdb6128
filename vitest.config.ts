import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Machines are single-threaded and keep one processor busy each.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.ts'] } },
      {
        test: { name: 'machine', include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 300_000 },
      },
    ],
  },
});
