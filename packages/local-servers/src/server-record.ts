import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess } from './process-identity.ts';

const STOP_LIMIT_MS = 10_000;

/** `server.json` in a data folder: which process serves it, so that a later start can end one that its parent left behind. */
interface ServerRecord {
  pid: number;
  startedAt: string;
  ownerPid: number;
}

/** Notes that `pid`, a child of this process, serves `dataDir`. */
export async function writeServerRecord(dataDir: string, pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === undefined) return;
  const record: ServerRecord = { pid, startedAt: identity.startedAt, ownerPid: process.pid };
  await writeFile(recordFile(dataDir), JSON.stringify(record));
}

export async function removeServerRecord(dataDir: string): Promise<void> {
  await rm(recordFile(dataDir), { force: true });
}

/**
 * Makes sure that no earlier server runs on `dataDir`: ends one whose parent is gone, and only after pid and start time
 * say that it is the very process that was recorded. Returns the pid of the last server, running or not.
 * Throws if the server's parent still lives.
 */
export async function endOrphan(dataDir: string, stopSignal: NodeJS.Signals): Promise<number | undefined> {
  const record = await readServerRecord(dataDir);
  if (record === undefined) return undefined;
  const identity = await identifyRecorded(record);
  if (identity?.parentPid === record.ownerPid) {
    throw new Error(`${dataDir} is in use by process ${record.ownerPid}: stop it first, or use another data folder`);
  }
  if (identity !== undefined) await end(record, stopSignal);
  await removeServerRecord(dataDir);
  return record.pid;
}

async function end(record: ServerRecord, stopSignal: NodeJS.Signals): Promise<void> {
  process.kill(record.pid, stopSignal);
  const deadline = Date.now() + STOP_LIMIT_MS;
  while ((await identifyRecorded(record)) !== undefined) {
    if (Date.now() > deadline) process.kill(record.pid, 'SIGKILL');
    await delay(20);
  }
}

async function identifyRecorded(record: ServerRecord) {
  const identity = await identifyProcess(record.pid);
  return identity?.startedAt === record.startedAt ? identity : undefined;
}

async function readServerRecord(dataDir: string): Promise<ServerRecord | undefined> {
  const text = await readFile(recordFile(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ServerRecord;
  } catch {
    return undefined; // cut short by a crash while it was written
  }
}

const recordFile = (dataDir: string): string => join(dataDir, 'server.json');
