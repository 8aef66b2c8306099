import type { Database, Tx } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

/** The organization of that slug, made if it is not there. */
export async function ensureOrganization(
  db: Database | Tx,
  { slug, name }: { slug: string; name: string },
): Promise<Row<'organizations'>> {
  await db
    .insertInto('organizations')
    .values({ id: newId(), slug, name })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  return db.selectFrom('organizations').selectAll().where('slug', '=', slug).executeTakeFirstOrThrow();
}
