import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeOwnFolder, removeFoldersOfTheDead, removeOwnFolder } from '../src/own-folder.ts';
import { createRuntimeFixture, step } from './runtime-fixture.ts';

/** Says which folder it has made, and lives until it is killed. */
const OWNER = `
  import { makeOwnFolder } from '${new URL('../src/own-folder.ts', import.meta.url)}';
  process.send(makeOwnFolder('program'));
  setInterval(() => {}, 60_000);`;

test('folders of a worker that was killed are removed by the next one, those of others stay', async () => {
  const mine = makeOwnFolder('program');
  onTestFinished(() => removeOwnFolder(mine));
  const owner = fork('data:text/javascript,', { execArgv: ['--input-type=module', '--eval', OWNER] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [its] = (await once(owner, 'message')) as [string];
  await writeFile(join(its, 'video.mp4'), '');

  await removeFoldersOfTheDead();
  expect([mine, its].map(existsSync)).toEqual([true, true]);

  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await removeFoldersOfTheDead();
  expect([mine, its].map(existsSync)).toEqual([true, false]);
});

test('temporary files of a module are gone with its process, also when that is killed', async () => {
  const fixture = await createRuntimeFixture(['leaves-a-file']);
  onTestFinished(() => fixture.close());
  const { runtime } = fixture;
  const said: string[] = [];
  const onLog = ({ message }: { message: string }) => void said.push(message);
  await runtime.run(step('test/leaves-a-file'), { onLog });
  await runtime.run(step('test/leaves-a-file', { options: { loops: true } }), { onLog, timeoutMs: 500 });
  await runtime.close();
  expect(said).toEqual([expect.stringContaining('gantry-worker-'), expect.stringContaining('gantry-worker-')]);
  expect(said.filter(existsSync)).toEqual([]);
});
