import { SCOPES } from '@gantry/contracts/http/api-key';
import type { Database } from '@gantry/record/connection/database';
import { ensureFirstKey } from '@gantry/record/keys/ensure-first-key';
import type { Logger } from '@gantry/service/logger';
import { newSecret, secretHash } from './keys/key-secret.ts';

/** The organization that runs Gantry: the first key is its own, and its admins operate all of it. */
export const FIRST_ORGANIZATION = { slug: 'local', name: 'Local' };

const SHORTEST_GOOD_KEY = 32;

/**
 * Makes the key somebody chose, in place of the one chosen before, or on the very first start a random one, which is logged this once.
 * @param chosen the secret from the environment
 */
export async function provideFirstKey(db: Database, chosen: string | undefined, logger: Logger): Promise<void> {
  const secret = chosen ?? newSecret();
  const made = await ensureFirstKey(db, {
    organization: FIRST_ORGANIZATION,
    scopes: SCOPES,
    secretHash: secretHash(secret),
    fromEnvironment: chosen !== undefined,
  });
  if (made && chosen === undefined) logger.info(`The first API key, shown this once: ${secret}`);
  if (chosen !== undefined && chosen.length < SHORTEST_GOOD_KEY) {
    logger.warn(`GANTRY_API_KEY is shorter than ${SHORTEST_GOOD_KEY} characters: choose a longer, random one`);
  }
}
