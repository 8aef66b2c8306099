import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { SealedSecret, SecretPlace } from './put-secret.ts';

const BATCH = 100;

/**
 * Seals anew what is not sealed with the key of that id. A secret that is changed meanwhile stays as it was changed to.
 * @param reseal throws for one that cannot be opened: it stays as it is, and is counted
 */
export async function resealSecrets(
  db: Database,
  keyId: string,
  reseal: (secret: SecretPlace & SealedSecret) => SealedSecret,
): Promise<{ resealed: number; lost: number }> {
  const done = { resealed: 0, lost: 0 };
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await db
      .selectFrom('secrets')
      .selectAll()
      .where('key_id', '!=', keyId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    for (const row of rows) {
      after = row.id;
      try {
        const { organization_id: organizationId, project_id: projectId, name, sealed } = row;
        const anew = reseal({ organizationId, projectId, name, sealed, keyId: row.key_id });
        await sql`
          update secrets set sealed = ${anew.sealed}, key_id = ${anew.keyId}
          where id = ${row.id} and change_sequence = ${row.change_sequence}`.execute(db);
        done.resealed++;
      } catch {
        done.lost++;
      }
    }
    if (rows.length < BATCH) return done;
  }
}
