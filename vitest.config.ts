import { defineConfig } from 'vitest/config';

// Shared by every package: each runs `vitest run` in its own folder, all against the servers that scripts/test.ts started.
export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/report.json' }]],
  },
});
