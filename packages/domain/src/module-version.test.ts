import { expect, test } from 'vitest';
import { latestVersion } from './module-version.ts';

test.each([
  [['1.2.0', '1.10.0', '1.9.9'], '1.10.0'],
  [['2.0.0-rc.1', '1.0.0'], '1.0.0'],
  [['2.0.0-rc.2', '2.0.0-rc.10'], '2.0.0-rc.10'],
  [['1.0', '1.0.1'], '1.0.1'],
  [['v3', '2.9'], 'v3'],
  [[], undefined],
])('the latest of %j is %s', (versions, latest) => {
  expect(latestVersion(versions.map((version) => ({ version })))?.version).toBe(latest);
});
