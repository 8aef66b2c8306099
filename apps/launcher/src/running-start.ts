import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess } from '@gantry/local-servers/process-identity';
import { z } from 'zod';

/** `start.json` in the data folder: which process runs Gantry there, and where its api is once it is ready. */
const runningStartSchema = z.object({ pid: z.int(), startedAt: z.string(), apiUrl: z.string().optional() });
type RunningStart = z.infer<typeof runningStartSchema>;

export interface StartLock {
  /** Lets others find the api. */
  announce(apiUrl: string): Promise<void>;
  release(): Promise<void>;
}

/** The start that runs on the data folder now; a record that a killed one left behind does not count. */
export async function findRunningStart(dataDir: string): Promise<RunningStart | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '');
  const start = parse(text);
  if (start === undefined) return undefined;
  const identity = await identifyProcess(start.pid);
  return identity !== undefined && identity.startedAt === start.startedAt ? start : undefined;
}

/** Claims the data folder for this process. Throws, saying who has it, if another start runs on it. */
export async function lockDataFolder(dataDir: string): Promise<StartLock> {
  const running = await findRunningStart(dataDir);
  if (running !== undefined) throw new Error(alreadyRunning(dataDir, running));
  const file = fileIn(dataDir);
  const own: RunningStart = { pid: process.pid, startedAt: (await identifyProcess(process.pid))?.startedAt ?? '' };
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(own), { flag: 'wx' });
  return {
    announce: (apiUrl) => writeFile(file, JSON.stringify({ ...own, apiUrl })),
    release: () => rm(file, { force: true }),
  };
}

export function alreadyRunning(dataDir: string, { pid, apiUrl }: RunningStart): string {
  const where = apiUrl === undefined ? 'still starting' : `its api is ${apiUrl}`;
  return `Gantry is already running on ${dataDir} (process ${pid}, ${where}). Stop it first, or set GANTRY_DATA_DIR to another folder.`;
}

function parse(text: string): RunningStart | undefined {
  try {
    return runningStartSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // absent, or cut short by a crash while it was written
  }
}

const fileIn = (dataDir: string): string => join(dataDir, 'start.json');
