import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { consoleRouter } from './console-router.ts';

test('the console answers for its pages, and for no address of the API, however many slashes are in front of it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gantry-console-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'index.html'), '<title>Console</title>');
  const server = express().use(consoleRouter(dir)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

  for (const path of ['/', '/executions/1', '/apis'])
    expect(await (await get(path)).text(), path).toBe('<title>Console</title>');
  for (const path of ['/api/executions', '//api/executions', '///health/ready'])
    expect((await get(path)).status, path).toBe(404);
});
