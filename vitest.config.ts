import { defineConfig } from 'vitest/config';

// Tests run on dist/, what ships, so that worker threads start the same files as in production.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
