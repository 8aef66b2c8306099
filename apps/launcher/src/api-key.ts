import { newKey, readKey, writeKey } from './kept-key.ts';

const NAME = 'api-key';

/** The key kept in the data folder, undefined before the first start. */
export function readApiKey(dataDir: string): Promise<string | undefined> {
  return readKey(dataDir, NAME);
}

/**
 * The key to start with: the given one, else the one kept in the data folder, else a new one. It is kept there in each case,
 * where the commands look for it.
 */
export async function keepApiKey(dataDir: string, given: string | undefined): Promise<string> {
  const kept = await readApiKey(dataDir);
  const key = given ?? kept ?? newKey();
  if (key !== kept) await writeKey(dataDir, NAME, key);
  return key;
}
