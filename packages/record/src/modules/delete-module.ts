import type { Database } from '../connection/database.ts';

/** Removes a module of the organization itself. Executions planned with it have it frozen in them. */
export async function deleteModule(db: Database, module: { organizationId: string; id: string }): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('modules')
    .where('organization_id', '=', module.organizationId)
    .where('id', '=', module.id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
