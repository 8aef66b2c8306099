import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The key kept in the data folder, undefined before the first start. */
export async function readApiKey(dataDir: string): Promise<string | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || undefined;
}

/** The key kept in the data folder, made at the first call. Only this user may read the file. */
export async function readOrMakeApiKey(dataDir: string): Promise<string> {
  const kept = await readApiKey(dataDir);
  if (kept !== undefined) return kept;
  const key = randomBytes(32).toString('base64url');
  await writeFile(fileIn(dataDir), `${key}\n`, { mode: 0o600 });
  return key;
}

const fileIn = (dataDir: string): string => join(dataDir, 'api-key');
