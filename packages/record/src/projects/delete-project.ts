import { deleteAssistant } from '../assistants/delete-assistant.ts';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';

/** Its assistants and stores go with it, the assistants one by one; executions and document families stay. */
export async function deleteProject(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
  actor?: Actor,
): Promise<boolean> {
  const assistants = await db
    .selectFrom('assistants')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', id)
    .execute();
  for (const assistant of assistants) {
    await deleteAssistant(db, { organizationId, id: assistant.id, projectId: id }, actor);
  }
  const { result } = await retryTransaction(db, async (tx) => {
    const stores = await tx.selectFrom('stores').select('slug').where('project_id', '=', id).execute();
    const deleted = await tx
      .deleteFrom('projects')
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (deleted === undefined) return false;
    const details = { name: deleted.name, stores: stores.map(({ slug }) => slug) };
    await audit(tx, actor, { action: 'delete', resource: 'project', id, details });
    return true;
  });
  return result;
}
