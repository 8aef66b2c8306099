import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A key kept in the data folder, undefined before the first start. */
export async function readKey(dataDir: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || undefined;
}

/** Only this user may read the file. */
export async function writeKey(dataDir: string, name: string, key: string): Promise<void> {
  await writeFile(join(dataDir, name), `${key}\n`, { mode: 0o600 });
}

export function newKey(): string {
  return randomBytes(32).toString('base64url');
}
