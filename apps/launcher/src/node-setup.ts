import { resolve } from 'node:path';

/*
 * How Node runs the apps: in little memory, and without compiling again what it has compiled before. The Dockerfile says
 * the same; docs/performance.md has what each is worth.
 */

/** What is compiled and kept of a file is all of it, not what runs while it is imported: NODE_OPTIONS does not take this one. */
export const COMPILED_WHOLE = '--no-lazy';

export const NODE_FLAGS = ['--expose-gc', COMPILED_WHOLE];

export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../../node_modules/.cache/gantry-compiled'),
};
