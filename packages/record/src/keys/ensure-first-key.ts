import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { ensureOrganization } from '../organizations/ensure-organization.ts';
import { newId } from '../schema/new-id.ts';

/** Any number, the same in every api: only one of them makes the first key. */
const LOCK = 7_269_418;

export interface FirstKey {
  organization: { slug: string; name: string };
  scopes: readonly string[];
  secretHash: Buffer;
  /** The environment says so: made although there are keys already, in place of the one that it gave before. */
  fromEnvironment: boolean;
}

/**
 * Makes the first organization and its key. A key of that secret that is there already, revoked or not, stays as it is.
 * @returns whether the key was made
 */
export async function ensureFirstKey(db: Database, first: FirstKey): Promise<boolean> {
  const { secretHash, fromEnvironment } = first;
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    const organization = await ensureOrganization(tx, first.organization);
    if (fromEnvironment) {
      // Deleted and not revoked, so that the environment can go back to it. One that somebody revoked stays so.
      await tx
        .deleteFrom('api_keys')
        .where('from_environment', '=', true)
        .where('secret_hash', '!=', secretHash)
        .where('revoked_at', 'is', null)
        .execute();
    } else if (await tx.selectFrom('api_keys').select('id').limit(1).executeTakeFirst()) {
      return false;
    }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('api_keys')
      .values({
        id: newId(),
        organization_id: organization.id,
        name: 'first key',
        scopes: [...first.scopes],
        secret_hash: secretHash,
        from_environment: fromEnvironment,
      })
      .onConflict((conflict) => conflict.column('secret_hash').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  });
}
