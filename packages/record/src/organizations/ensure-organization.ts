import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** The organization of that slug, made if it is not there. */
export async function ensureOrganization(
  db: Database | Tx,
  { slug, name }: { slug: string; name: string },
): Promise<Row<'organizations'>> {
  await db
    .insertInto('organizations')
    .values({ id: uuidv7(), slug, name })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  return db.selectFrom('organizations').selectAll().where('slug', '=', slug).executeTakeFirstOrThrow();
}
