import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** @returns false when the organization has no such key, or it is revoked already */
export async function revokeKey(db: Database, key: { organizationId: string; id: string }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ revoked_at: sql`now()` })
    .where('organization_id', '=', key.organizationId)
    .where('id', '=', key.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
