import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

export interface NewKey {
  organizationId: string;
  name: string;
  scopes: readonly string[];
  /** SHA-256 of the secret; the secret itself is never stored. */
  secretHash: Buffer;
}

export function createKey(db: Database, key: NewKey, actor?: Actor): Promise<Row<'api_keys'>> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto('api_keys')
      .values({
        id: newId(),
        organization_id: key.organizationId,
        name: key.name,
        scopes: [...key.scopes],
        secret_hash: key.secretHash,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const details = { name: row.name, scopes: row.scopes };
    await audit(tx, actor, { action: 'create', resource: 'key', id: row.id, details });
    return row;
  });
}
