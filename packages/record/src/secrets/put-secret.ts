import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** An organization's secrets at most, those of its projects included. */
const MAX_SECRETS = 1_000;

/** Whose secret it is, and how it is called. */
export interface SecretPlace {
  organizationId: string;
  projectId: string | null;
  name: string;
}

/** Sealed, as only whoever has the key of that id can open it. */
export interface SealedSecret {
  sealed: Buffer;
  keyId: string;
}

/** @returns undefined when the organization has as many as it may have */
export function putSecret(
  db: Database,
  { organizationId, projectId, name }: SecretPlace,
  { sealed, keyId }: SealedSecret,
  actor?: Actor,
): Promise<{ row: Row<'secrets'>; created: boolean } | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto('secrets')
      .values({ id: newId(), organization_id: organizationId, project_id: projectId, name, sealed, key_id: keyId })
      .onConflict((conflict) =>
        conflict.columns(['organization_id', 'project_id', 'name']).doUpdateSet({
          sealed,
          key_id: keyId,
          change_sequence: sql`secrets.change_sequence + 1`,
          updated_at: sql`now()`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    const created = row.change_sequence === 1;
    if (created && (await countOf(tx, organizationId)) > MAX_SECRETS) {
      await tx.deleteFrom('secrets').where('id', '=', row.id).execute();
      return undefined;
    }
    const action = created ? 'create' : 'update';
    await audit(tx, actor, { action, resource: 'secret', id: row.id, details: { name, projectId } });
    return { row, created };
  });
}

async function countOf(tx: Database, organizationId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('secrets')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return count;
}
