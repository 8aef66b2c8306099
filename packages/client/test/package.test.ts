import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

test('has in the repository the name that its README imports', () => {
  expect(import.meta.resolve('@gantry/client')).toBe(import.meta.resolve('@gantry/client/gantry-client'));
});

test('installs into an empty folder and does there what its README shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const run = async (command: string, args: string[], cwd = folder, env = process.env) =>
    (await promisify(execFile)(command, args, { cwd, env })).stdout;
  const built = join(folder, 'built');
  await run(process.execPath, [join(root, 'scripts/package.ts'), join(root, 'packages/client'), built]);
  const [packed] = JSON.parse(await run('npm', ['pack', built, '--json', '--pack-destination', folder]));
  const user = join(folder, 'user');
  await cp(join(root, 'node_modules/zod'), join(folder, 'zod'), { recursive: true });
  await mkdir(user);
  await writeFile(join(user, 'package.json'), '{ "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '../zod', join(folder, packed.filename)], user);
  const [, code = ''] = /```js\n(.*?)```/s.exec(await readFile(join(built, 'README.md'), 'utf8')) ?? [];
  await writeFile(join(user, 'overview.js'), code);

  const server = createServer(({ headers }, response) => {
    const body = { total: 7, statuses: { FAILED: headers['x-api-key'] === 'key' ? 2 : 0 } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, GANTRY_URL: url, GANTRY_API_KEY: 'key' };
  expect(await run(process.execPath, ['overview.js'], user, env)).toBe('7 2\n');
});
