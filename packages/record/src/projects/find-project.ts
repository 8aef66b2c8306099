import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

export async function findProject(
  db: Database | Tx,
  project: { organizationId: string; id: string },
): Promise<Row<'projects'> | undefined> {
  return db
    .selectFrom('projects')
    .selectAll()
    .where('organization_id', '=', project.organizationId)
    .where('id', '=', project.id)
    .executeTakeFirst();
}
