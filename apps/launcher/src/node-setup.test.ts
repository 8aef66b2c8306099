import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './node-setup.ts';

test('the images run Node as the launcher does', () => {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  expect(dockerfile).toContain(`NODE_OPTIONS="${NODE_FLAGS.join(' ')}" `);
  for (const [name, value] of Object.entries(NODE_ENVIRONMENT)) {
    expect(dockerfile).toContain(name === 'NODE_COMPILE_CACHE' ? `${name}=` : `${name}=${value}`);
  }
});
