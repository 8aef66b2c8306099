import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContents } from '@gantry/contents/open-contents';
import { CREDENTIALS, startS3Server } from '@gantry/testkit/s3-server';
import { expect, onTestFinished, test } from 'vitest';
import { startNodeEngine } from './node-engine.ts';
import { step } from './runtime-fixture.ts';

const COPIES = `
import { defineModule } from '@gantry/module-sdk/define-module';
export default defineModule({
  ref: 'test/copies',
  infer: async ({ content, context }) => {
    const ref = await content.write(await content.open(context.ref), { contentType: 'text/plain' });
    return { ref, argument: process.argv[2], pid: process.pid };
  },
});`;

test('a module reads and writes contents in a bucket, of whose key its arguments tell nothing', async () => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  const folder = await mkdtemp(join(tmpdir(), 'gantry-s3-modules-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'modules'));
  await writeFile(join(folder, 'modules', 'copies.ts'), COPIES);
  const contents = openContents({ kind: 's3', ...server.place }, async () => ({
    ...CREDENTIALS,
    sessionToken: 'hush',
  }));
  const logger = { info: () => {}, warn: () => {} };
  const engine = await startNodeEngine({ modulesDirs: [join(folder, 'modules')], contents, slots: 1, logger });
  onTestFinished(() => engine.close());

  const acme = contents.forOrganization('acme');
  const { ref } = await acme.write(Buffer.from('some words'), { contentType: 'text/plain' });
  const run = async () => {
    const result = await engine.run(step('test/copies', {}, { context: { ref } }));
    expect(result).toMatchObject({ outcome: 'succeeded' });
    return (result as unknown as { output: { ref: string; argument: string; pid: number } }).output;
  };
  const first = await run();
  expect(Buffer.from(await acme.read(first.ref)).toString()).toBe('some words');
  expect(first.argument).not.toContain('hush');
  // It left nothing behind that would cost it its process; one that is still closing connections is passed over.
  const pids = [first.pid];
  for (let count = 0; count < 4; count++) pids.push((await run()).pid);
  expect(new Set(pids).size).toBeLessThan(pids.length);
});
