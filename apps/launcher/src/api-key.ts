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

/**
 * The key to start with: the given one, else the one kept in the data folder, else a new one. It is kept there in each case,
 * where the commands look for it. Only this user may read the file.
 */
export async function keepApiKey(dataDir: string, given: string | undefined): Promise<string> {
  const kept = await readApiKey(dataDir);
  const key = given ?? kept ?? randomBytes(32).toString('base64url');
  if (key !== kept) await writeFile(fileIn(dataDir), `${key}\n`, { mode: 0o600 });
  return key;
}

const fileIn = (dataDir: string): string => join(dataDir, 'api-key');
