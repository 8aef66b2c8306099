import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const testkit = resolve(import.meta.dirname, 'packages/testkit/src');

// Shared by every package: each runs `vitest run` in its own folder, all against the same servers (scripts/test.ts).
export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['**/src/**/*.test.ts', '**/test/**/*.test.ts'],
    globalSetup: resolve(testkit, 'global-setup.ts'),
    setupFiles: resolve(testkit, 'leak-check.ts'),
    passWithNoTests: true,
    // One worker runs all files of a package: an import is paid once. What a file leaves open fails it (leak-check.ts).
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.vitest/report.json' },
  },
});
