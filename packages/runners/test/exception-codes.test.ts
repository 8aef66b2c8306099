import { glob, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXCEPTION_CATALOGUE } from '@gantry/domain/exception-catalogue';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
/** What modules and those that run them throw, or say of a step that failed. */
const SOURCES = ['packages/{runners,modules,module-sdk,documents,contents}/src/**/*.ts', 'apps/worker/src/**/*.ts'];
const CODE = /(?:new (?:Module|Document|Content)Error\(\s*|failed\(\s*)'([A-Z]+(?:_[A-Z]+)+)'/g;

test('every code that steps fail with is in the catalogue', async () => {
  const codes = new Set<string>();
  for await (const file of glob(SOURCES, { cwd: ROOT, exclude: (path) => path.endsWith('.test.ts') })) {
    const source = await readFile(resolve(ROOT, file), 'utf8');
    for (const [, code = ''] of source.matchAll(CODE)) codes.add(code);
  }
  expect(codes.size).toBeGreaterThan(20);
  expect([...codes].filter((code) => !Object.hasOwn(EXCEPTION_CATALOGUE, code))).toEqual([]);
});
