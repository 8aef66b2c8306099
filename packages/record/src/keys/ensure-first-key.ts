import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../connection/database.ts';
import { ensureOrganization } from '../organizations/ensure-organization.ts';

/** Any number, the same in every api: only one of them makes the first key. */
const LOCK = 7_269_418;

export interface FirstKey {
  organization: { slug: string; name: string };
  scopes: readonly string[];
  secretHash: Buffer;
  /** Make it although there are keys already: somebody chose its secret. */
  always: boolean;
}

/**
 * Makes the first organization and its key. A key of that secret that is there already, revoked or not, stays as it is.
 * @returns whether the key was made
 */
export async function ensureFirstKey(db: Database, first: FirstKey): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    const organization = await ensureOrganization(tx, first.organization);
    const some = await tx.selectFrom('api_keys').select('id').limit(1).executeTakeFirst();
    if (some !== undefined && !first.always) return false;
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('api_keys')
      .values({
        id: uuidv7(),
        organization_id: organization.id,
        name: 'first key',
        scopes: [...first.scopes],
        secret_hash: first.secretHash,
      })
      .onConflict((conflict) => conflict.column('secret_hash').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  });
}
