import { newKey, readKey, writeKey } from './kept-key.ts';

const NAME = 'secrets-key';

/**
 * What the api seals secrets with: as given, else what is kept in the data folder, else made and kept there. What is given
 * does not take the place of what is kept, as secrets may be sealed with that.
 */
export async function keepSecretsKey(dataDir: string, given: string | undefined): Promise<string> {
  const kept = await readKey(dataDir, NAME);
  if (given !== undefined) return kept === undefined || given.split(',').includes(kept) ? given : `${given},${kept}`;
  const key = kept ?? newKey();
  if (kept === undefined) await writeKey(dataDir, NAME, key);
  return key;
}
