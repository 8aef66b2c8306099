import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NodeEngine, startNodeEngine } from './node-engine.ts';
import { step, stepError } from './runtime-fixture.ts';

/** By name: the body of `infer` of each. */
const BODIES = {
  works: `
    const contentRef = await input.content.write(Buffer.from('hello'), { contentType: 'text/plain' });
    const read = Buffer.from(await input.content.read(contentRef)).toString();
    const temporary = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'of-it-')), 'file');
    fs.writeFileSync(temporary, 'kept for a while');
    return { read, temporary: fs.readFileSync(temporary, 'utf8'), near: fs.readFileSync(new URL('near.txt', import.meta.url), 'utf8'), dependency };`,
  reads: `return fs.readFileSync('/etc/passwd', 'utf8');`,
  spies: `return fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8');`,
  writes: `fs.writeFileSync(new URL('new.txt', import.meta.url), '');`,
  starts: `return spawnSync('ls').error ?? 'started';`,
  threads: `new Worker('1', { eval: true });`,
  native: `process.dlopen({ exports: {} }, '/nowhere.node');`,
};

/** Two steps of it are in their process at the same time, before each does what its option says. */
const TOGETHER = `
  import fs from 'node:fs';
  import { defineModule } from '@gantry/module-sdk/define-module';
  let opened;
  const both = new Promise((resolve) => { opened = resolve; });
  let here = 0;
  export default defineModule({
    ref: 'test/together',
    nonBlocking: true,
    async infer({ options }) {
      if (++here === 2) opened();
      await both;
      return options.reads ? fs.readFileSync(options.reads, 'utf8') : process.pid;
    },
  });`;

let folder: string;
let engine: NodeEngine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-confined-'));
  const modules = join(folder, 'modules');
  await mkdir(join(modules, 'node_modules/dependency'), { recursive: true });
  await writeFile(join(modules, 'node_modules/dependency/index.js'), `export default 'it';`);
  await writeFile(join(modules, 'node_modules/dependency/package.json'), '{"type": "module", "exports": "./index.js"}');
  await writeFile(join(modules, 'near.txt'), 'near');
  for (const [name, body] of Object.entries(BODIES)) {
    const text = `
      import { spawnSync } from 'node:child_process';
      import fs from 'node:fs';
      import os from 'node:os';
      import path from 'node:path';
      import { Worker } from 'node:worker_threads';
      import { defineModule } from '@gantry/module-sdk/define-module';
      import dependency from 'dependency';
      export default defineModule({ ref: 'test/${name}', async infer(input) { ${body} } });`;
    await writeFile(join(modules, `${name}.mjs`), text);
  }
  await writeFile(join(modules, 'together.mjs'), TOGETHER);
  const link = join(folder, 'link');
  await symlink(modules, link);
  engine = await startNodeEngine({
    modulesDirs: [link],
    confinedTo: [join(folder, 'bundles')],
    contents: createFolderContentStore(join(folder, 'content')),
    slots: 2,
    logger: { info: () => {}, warn: (fields) => expect.unreachable(JSON.stringify(fields)) },
  });
}, 60_000);
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true });
});

test('a confined module has its folder, its packages and contents', async () => {
  expect(await engine.run(step('test/works'))).toMatchObject({
    output: { read: 'hello', temporary: 'kept for a while', near: 'near', dependency: 'it' },
  });
});

test.each([
  ['reads', 'read /etc/passwd'],
  ['spies', 'read /proc/'],
  ['writes', 'write '],
  ['starts', 'start the program'],
  ['threads', 'start a thread'],
  ['native', 'load native code'],
])('one that %s fails with what it may not do', async (name, deed) => {
  const { error } = { error: undefined, ...(await engine.run(step(`test/${name}`))) };
  expect(error).toEqual(stepError('MODULE_NOT_PERMITTED', `may not ${deed}`));
});

test('steps of a non-blocking module share a confined process: one is refused, the other goes on', async () => {
  const [refused, waited] = await Promise.all([
    engine.run(step('test/together', { reads: '/etc/passwd' })),
    engine.run(step('test/together', {})),
  ]);
  expect(refused).toMatchObject({ error: stepError('MODULE_NOT_PERMITTED', 'may not read /etc/passwd') });
  expect(waited).toMatchObject({ outcome: 'succeeded', output: expect.any(Number) });
});

test('what ships with Gantry is not confined', async () => {
  const contents = createFolderContentStore(join(folder, 'content')).forOrganization('acme');
  const { ref: contentRef } = await contents.write(Buffer.from('no picture'), { contentType: 'image/png' });
  // It has native code read the picture.
  expect(await engine.run(step('gantry/ocr', {}, { contentObject: { contentRef } }))).toMatchObject({
    error: { code: 'IMAGE_INVALID' },
  });
});
