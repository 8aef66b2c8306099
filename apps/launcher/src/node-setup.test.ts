import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPILED_WHOLE, NODE_ENVIRONMENT, NODE_FLAGS } from './node-setup.ts';

test('the images run Node as the launcher does', () => {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  const options = NODE_FLAGS.filter((flag) => flag !== COMPILED_WHOLE);
  expect(dockerfile).toContain(`NODE_OPTIONS="${options.join(' ')}" `);
  const commands = dockerfile.split('\n').filter((line) => line.includes('/src/main.ts'));
  expect(commands).not.toEqual([]);
  for (const command of commands) expect(command.replaceAll(/[",]/g, '')).toContain(`node ${COMPILED_WHOLE} apps/`);
  for (const [name, value] of Object.entries(NODE_ENVIRONMENT)) {
    expect(dockerfile).toContain(name === 'NODE_COMPILE_CACHE' ? `${name}=` : `${name}=${value}`);
  }
});
