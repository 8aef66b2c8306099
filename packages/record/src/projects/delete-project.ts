import { deleteAssistant } from '../assistants/delete-assistant.ts';
import type { Database } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';

/** Its assistants and stores go with it, the assistants one by one; executions and document families stay. */
export async function deleteProject(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<boolean> {
  const assistants = await db
    .selectFrom('assistants')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('project_id', '=', id)
    .execute();
  for (const assistant of assistants) await deleteAssistant(db, { organizationId, id: assistant.id, projectId: id });
  const { result } = await retryTransaction(db, (tx) =>
    tx.deleteFrom('projects').where('organization_id', '=', organizationId).where('id', '=', id).executeTakeFirst(),
  );
  return result.numDeletedRows > 0n;
}
