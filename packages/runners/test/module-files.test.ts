import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { NodeRunner } from '../src/node-runner.ts';
import { createRuntimeFixture, type RuntimeFixture, step, stepError } from './runtime-fixture.ts';

const PATIENCE = { timeout: 40_000, interval: 100 };
const OLD_MODULE = `
  const { ModuleError } = require('@gantry/module-sdk');
  module.exports = { ref: 'test/old', infer: () => typeof ModuleError === 'function' && 'old' };`;

let fixture: RuntimeFixture;

beforeAll(async () => {
  fixture = await createRuntimeFixture([]);
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

test('takes the module files it can take and says what is wrong with the others', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'mixed-'));
  await writeFile(join(modules, 'a.mjs'), `export default { ref: 'test/plain', infer: () => 'plain' };`);
  await writeFile(join(modules, 'astray.ts'), `import { x } from '@gantry/module-sdk/nowhere'; export default x;`);
  await writeFile(join(modules, 'b.js'), `export default { ref: 'test/plain', infer: () => 'second' };`);
  await writeFile(join(modules, 'broken.ts'), `const = ;`);
  await writeFile(join(modules, 'mine.ts'), `export default { ref: 'gantry/noop', infer: () => 'mine' };`);
  await writeFile(join(modules, 'notes.mjs'), `export const notes = 1;`);
  await writeFile(join(modules, 'readme.md'), `# not a module`);
  await writeFile(join(modules, 'types.d.ts'), `export default 1;`);
  await writeFile(join(modules, 'old.cjs'), OLD_MODULE);
  const mixed = await fixture.start([], { modulesDirs: [modules] });
  expect(await mixed.run(step('test/plain'))).toMatchObject({ output: 'plain' });
  expect(await mixed.run(step('gantry/noop'))).toMatchObject({ output: null });
  expect(await mixed.run(step('test/old'))).toMatchObject({ output: 'old' });
  expect(fixture.warnings.map(({ fields }) => JSON.stringify(fields)).sort()).toEqual([
    expect.stringMatching(/astray\.ts: '@gantry\/module-sdk\/nowhere' is nothing that can be imported/),
    expect.stringMatching(/b\.js: there is a module test\/plain already/),
    expect.stringMatching(/broken\.ts:1: Unexpected token/),
    expect.stringMatching(/mine\.ts: there is a module gantry\/noop already/),
    expect.stringMatching(/notes\.mjs: its default export is not a module/),
  ]);
});

test('says what its module files say of themselves', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'described-'));
  await writeFile(
    join(modules, 'counter.ts'),
    `import { z } from 'zod';
     export default {
       ref: 'test/counter', name: 'Counter', description: 'Counts pages', version: '2.1.0', runtime: 'test/cpu',
       options: z.object({ least: z.number().int().default(1).describe('At least'), of: z.string() }),
       infer: () => null,
     };`,
  );
  await writeFile(join(modules, 'plain.mjs'), `export default { ref: 'test/plain', infer: () => null };`);
  const runner = new NodeRunner({
    ...{ modulesDirs: [modules], contents: createFolderContentStore(fixture.folder), maxIdle: 1 },
    logger: { info() {}, warn() {} },
  });
  onTestFinished(() => runner.close());
  await runner.start();
  expect(runner.modules).toEqual([
    {
      ...{ ref: 'test/counter', name: 'Counter', description: 'Counts pages', version: '2.1.0', runtime: 'test/cpu' },
      nonBlocking: false,
      options: [
        expect.objectContaining({ name: 'least', type: 'integer', default: 1, required: false }),
        { name: 'of', type: 'string', required: true },
      ],
    },
    {
      ...{ ref: 'test/plain', name: 'test/plain', description: null, version: '1.0.0', runtime: null },
      ...{ nonBlocking: false, options: [] },
    },
  ]);
});

test('lets steps wait for a file that is slow to be imported', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'slow-'));
  const go = join(fixture.folder, 'go');
  await writeFile(
    join(modules, 'slow.mjs'),
    `import { existsSync } from 'node:fs';
    while (!existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 20));
    export default { ref: 'test/slow', infer: () => 'at last' };`,
  );
  const slow = await fixture.start([], { modulesDirs: [modules], importLimitMs: 2_000 });
  expect(await slow.run(step('test/slow'))).toEqual({
    outcome: 'unavailable',
    error: stepError('MODULE_NOT_LOADED', 'test/slow'),
  });
  await writeFile(go, '');
  await expect.poll(async () => (await slow.run(step('test/slow'))).outcome, PATIENCE).toBe('succeeded');
});

test('leaves out a file whose import never ends', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'endless-'));
  await writeFile(join(modules, 'endless.mjs'), `await new Promise((resolve) => setTimeout(resolve, 1e9));`);
  const endless = await fixture.start([], { modulesDirs: [modules], importLimitMs: 50 });
  await expect.poll(async () => (await endless.run(step('test/endless'))).outcome, PATIENCE).toBe('failed');
  expect(await endless.run(step('test/endless'))).toMatchObject({ error: { code: 'MODULE_NOT_FOUND' } });
});

test('takes new files while others never come to an end', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'hanging-'));
  const hanging = await fixture.start([], { modulesDirs: [modules], importLimitMs: 60_000 });
  for (const name of ['a', 'b']) {
    await writeFile(join(modules, `${name}.mjs`), 'await new Promise((resolve) => setTimeout(resolve, 1e9));');
  }
  // From now on they are tried for as long as the test goes on.
  await expect.poll(async () => (await hanging.run(step('test/absent'))).outcome, PATIENCE).toBe('unavailable');
  await writeFile(join(modules, 'new.mjs'), `export default { ref: 'test/new', infer: () => 'here' };`);
  await expect.poll(async () => (await hanging.run(step('test/new'))).outcome, PATIENCE).toBe('succeeded');
  expect(await hanging.run(step('test/absent'))).toMatchObject({ outcome: 'unavailable' });
});

test('tells when it has other modules', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'told-'));
  const told = Promise.withResolvers<readonly string[]>();
  const runner = new NodeRunner({
    ...{ modulesDirs: [modules], contents: createFolderContentStore(fixture.folder), maxIdle: 1 },
    logger: { info() {}, warn() {} },
    onModulesChange: () => told.resolve(runner.modules.map(({ ref }) => ref)),
  });
  onTestFinished(() => runner.close());
  await runner.start();
  expect(runner.modules).toEqual([]);
  await writeFile(join(modules, 'new.mjs'), `export default { ref: 'test/new', infer: () => 'here' };`);
  expect(await told.promise).toEqual(['test/new']);
});

test('looks at new files once the machine has room for that', async () => {
  const modules = await mkdtemp(join(fixture.folder, 'crowded-'));
  const crowded = await fixture.start([], { modulesDirs: [modules] });
  const outcome = async () => (await crowded.run(step('test/late'))).outcome;
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('TMPDIR', join(modules, 'missing'));
  await writeFile(join(modules, 'late.mjs'), `export default { ref: 'test/late', infer: () => 'late' };`);
  await expect.poll(outcome, PATIENCE).toBe('unavailable');
  vi.unstubAllEnvs();
  await expect.poll(outcome, PATIENCE).toBe('succeeded');
});

test('refuses to start when a folder of modules is not there', async () => {
  await expect(fixture.start([], { modulesDirs: [join(fixture.folder, 'absent')] })).rejects.toThrow(
    /folders of modules.*absent/,
  );
});
