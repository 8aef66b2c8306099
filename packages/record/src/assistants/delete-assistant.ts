import type { Database } from '../database.ts';
import { retryTransaction } from '../retry-transaction.ts';
import type { AssistantName } from './find-assistant.ts';

/** Its executions stay, without it: that changes their rows, while others may be changing them too. */
export async function deleteAssistant(
  db: Database,
  { organizationId, id, projectId }: AssistantName,
): Promise<boolean> {
  const { numDeletedRows } = await retryTransaction(db, (tx) =>
    tx
      .deleteFrom('assistants')
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
      .executeTakeFirst(),
  );
  return numDeletedRows > 0n;
}
