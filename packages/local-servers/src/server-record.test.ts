import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identifyProcess } from './process-identity.ts';
import { endOrphan, writeServerRecord } from './server-record.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gantry-test-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

/** A process whose parent has ended. */
async function orphan(): Promise<{ pid: number; startedAt: string; ownerPid: number }> {
  const parent = spawn('/bin/sh', ['-c', 'sleep 600 >/dev/null & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [[output]] = await Promise.all([once(parent.stdout, 'data'), once(parent, 'exit')]);
  const pid = Number(output);
  const identity = await identifyProcess(pid);
  return { pid, startedAt: identity?.startedAt ?? '', ownerPid: parent.pid ?? 0 };
}

const write = (record: object) => writeFile(join(dataDir, 'server.json'), JSON.stringify(record));

test('a server that its parent left behind is ended, and its record removed', async () => {
  const record = await orphan();
  await write(record);
  expect(await endOrphan(dataDir, 'SIGTERM')).toBe(record.pid);
  expect(await identifyProcess(record.pid)).toBeUndefined();
  expect(await readdir(dataDir)).toEqual([]);
});

test('a process that has the recorded pid but another start time is somebody else and left alone', async () => {
  const stranger = await orphan();
  await write({ ...stranger, startedAt: 'long ago' });
  expect(await endOrphan(dataDir, 'SIGKILL')).toBe(stranger.pid);
  expect(await identifyProcess(stranger.pid)).toMatchObject({ startedAt: stranger.startedAt });
  process.kill(stranger.pid);
});

test('a server whose parent lives is not ended: the data folder is refused', async () => {
  const server = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = server.pid ?? 0;
  await writeServerRecord(dataDir, pid);
  await expect(endOrphan(dataDir, 'SIGKILL')).rejects.toThrow(`${dataDir} is in use by process ${process.pid}`);
  expect(await identifyProcess(pid)).toBeDefined();
  server.kill();
  await once(server, 'exit');
});

test('no record, or one cut short, means no server', async () => {
  expect(await endOrphan(dataDir, 'SIGKILL')).toBeUndefined();
  await writeFile(join(dataDir, 'server.json'), '{"pid": 12');
  expect(await endOrphan(dataDir, 'SIGKILL')).toBeUndefined();
});
