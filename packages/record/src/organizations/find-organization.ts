import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export async function findOrganization(db: Database, id: string): Promise<Row<'organizations'> | undefined> {
  return db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst();
}
