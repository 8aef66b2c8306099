import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export interface NewKey {
  organizationId: string;
  name: string;
  scopes: readonly string[];
  /** SHA-256 of the secret; the secret itself is never stored. */
  secretHash: Buffer;
}

export async function createKey(db: Database, key: NewKey): Promise<Row<'api_keys'>> {
  return db
    .insertInto('api_keys')
    .values({
      id: uuidv7(),
      organization_id: key.organizationId,
      name: key.name,
      scopes: [...key.scopes],
      secret_hash: key.secretHash,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
