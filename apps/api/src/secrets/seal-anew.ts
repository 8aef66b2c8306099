import type { Database } from '@gantry/record/connection/database';
import { resealSecrets } from '@gantry/record/secrets/reseal-secrets';
import type { Logger } from '@gantry/service/logger';
import type { SecretSeal } from './secret-seal.ts';

/** Seals with the first key what is sealed with one that was it before, so that the old one is not needed any more. */
export async function sealAnew({
  db,
  seal,
  logger,
}: {
  db: Database;
  seal: SecretSeal;
  logger: Logger;
}): Promise<{ resealed: number; lost: number }> {
  const { resealed, lost } = await resealSecrets(db, seal.keyId, (secret) => seal.seal(seal.open(secret), secret));
  if (resealed > 0) logger.info({ resealed, keyId: seal.keyId }, 'secrets are sealed with the new key');
  if (lost > 0) logger.warn({ lost }, 'secrets are sealed with a key that GANTRY_SECRETS_KEY does not have');
  return { resealed, lost };
}
