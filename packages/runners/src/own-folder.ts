import { mkdtempSync, realpathSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const OF_THIS_HOST = `gantry-worker-${hostname().replaceAll(/[^\w.]/g, '_')}-`;

const own = new Set<string>();

/**
 * Makes a folder of this process in the system's one for temporary files. Whoever asks for it removes it.
 * @param purpose part of its name
 * @returns its path, without links
 */
export function makeOwnFolder(purpose: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${OF_THIS_HOST}${process.pid}-${purpose}-`));
  own.add(folder);
  return folder;
}

export async function removeOwnFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  own.delete(folder);
}

/**
 * Removes the folders of processes that ended without doing so, as one that is killed. In a container the process before
 * this one had the same id.
 */
export async function removeFoldersOfTheDead(): Promise<void> {
  const place = realpathSync(tmpdir());
  for (const name of await readdir(place)) {
    const pid = name.startsWith(OF_THIS_HOST) ? Number.parseInt(name.slice(OF_THIS_HOST.length), 10) : Number.NaN;
    const folder = join(place, name);
    if (Number.isNaN(pid) || own.has(folder) || (pid !== process.pid && isAlive(pid))) continue;
    // Two processes that start at once may both be at it.
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
