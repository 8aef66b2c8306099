import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface LocalGantry {
  dataDir: string;
  url: string | undefined;
  apiKey: string | undefined;
}

/**
 * Where the Gantry of `npm start` is, and its key, by what it leaves in its data folder: the given one, or `.gantry` in
 * this folder or the nearest above.
 */
export async function findLocalGantry(folder: string, dataDir: string | undefined): Promise<LocalGantry> {
  if (dataDir !== undefined) return readDataFolder(dataDir);
  const found = await readDataFolder(join(folder, '.gantry'));
  const above = dirname(folder);
  return found.url !== undefined || above === folder ? found : findLocalGantry(above, undefined);
}

async function readDataFolder(dataDir: string): Promise<LocalGantry> {
  const [start, key] = await Promise.all([readText(join(dataDir, 'start.json')), readText(join(dataDir, 'api-key'))]);
  return { dataDir, url: apiUrlIn(start), apiKey: key.trim() || undefined };
}

/** Empty if there is no such file. */
async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw error;
  });
}

function apiUrlIn(text: string): string | undefined {
  try {
    const { apiUrl } = JSON.parse(text) as { apiUrl?: unknown };
    return typeof apiUrl === 'string' ? apiUrl : undefined;
  } catch {
    return undefined; // absent, or being written
  }
}
