import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export type KeyRow = Row<'api_keys'> & { organization_slug: string };

/** The key that is not revoked, by the hash of its secret or by its id. */
export async function findKey(db: Database, by: { secretHash: Buffer } | { id: string }): Promise<KeyRow | undefined> {
  return db
    .selectFrom('api_keys')
    .innerJoin('organizations', 'organizations.id', 'api_keys.organization_id')
    .selectAll('api_keys')
    .select('organizations.slug as organization_slug')
    .where('revoked_at', 'is', null)
    .where((where) =>
      'id' in by ? where('api_keys.id', '=', by.id) : where('api_keys.secret_hash', '=', by.secretHash),
    )
    .executeTakeFirst();
}
