import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepApiKey, readApiKey } from './api-key.ts';
import { findRunningStart, lockDataFolder } from './running-start.ts';
import { keepSecretsKey } from './secrets-key.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gantry-data-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('a second start on the same data folder is told of the first, until that is over', async () => {
  const lock = await lockDataFolder(dataDir);
  await expect(lockDataFolder(dataDir)).rejects.toThrow(`already running on ${dataDir} (process ${process.pid}, still`);
  await lock.announce('http://127.0.0.1:3000');
  await expect(lockDataFolder(dataDir)).rejects.toThrow('its api is http://127.0.0.1:3000');
  expect(await findRunningStart(dataDir)).toMatchObject({ pid: process.pid, apiUrl: 'http://127.0.0.1:3000' });
  await lock.release();
  expect(await findRunningStart(dataDir)).toBeUndefined();
  await (await lockDataFolder(dataDir)).release();
});

test('what a killed start left behind does not count, whoever has its pid now', async () => {
  const killed = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(killed, 'exit');
  for (const left of [{ pid: killed.pid, startedAt: '1' }, { pid: process.pid, startedAt: 'long ago' }, null, 7]) {
    await writeFile(join(dataDir, 'start.json'), JSON.stringify(left));
    expect(await findRunningStart(dataDir)).toBeUndefined();
    await (await lockDataFolder(dataDir)).release();
  }
});

test('the API key is made once and readable by its owner alone', async () => {
  expect(await readApiKey(dataDir)).toBeUndefined();
  const key = await keepApiKey(dataDir, undefined);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect([await keepApiKey(dataDir, undefined), await readApiKey(dataDir)]).toEqual([key, key]);
  expect((await stat(join(dataDir, 'api-key'))).mode & 0o777).toBe(0o600);
});

test('a key that is given is kept in place of the one before', async () => {
  await keepApiKey(dataDir, undefined);
  expect(await keepApiKey(dataDir, 'given-by-the-environment')).toBe('given-by-the-environment');
  expect(await readApiKey(dataDir)).toBe('given-by-the-environment');
  expect(await keepApiKey(dataDir, undefined)).toBe('given-by-the-environment');
});

test('secrets are sealed with a key that is made once; one that is given goes before it, and what that sealed still opens', async () => {
  const key = await keepSecretsKey(dataDir, undefined);
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(await keepSecretsKey(dataDir, undefined)).toBe(key);
  expect((await stat(join(dataDir, 'secrets-key'))).mode & 0o777).toBe(0o600);
  expect(await keepSecretsKey(dataDir, 'given')).toBe(`given,${key}`);
  expect(await keepSecretsKey(dataDir, `given,${key}`)).toBe(`given,${key}`);
});
