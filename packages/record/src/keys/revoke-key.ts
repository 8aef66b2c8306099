import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';

/** @returns false when the organization has no such key, or it is revoked already */
export function revokeKey(db: Database, key: { organizationId: string; id: string }, actor?: Actor): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const revoked = await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()` })
      .where('organization_id', '=', key.organizationId)
      .where('id', '=', key.id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (revoked === undefined) return false;
    await audit(tx, actor, { action: 'revoke', resource: 'key', id: key.id, details: revoked });
    return true;
  });
}
