import type { Database } from '../database.ts';
import { retryTransaction } from '../retry-transaction.ts';

/** Its assistants and stores go with it; executions and document families stay. */
export async function deleteProject(db: Database, project: { organizationId: string; id: string }): Promise<boolean> {
  const { numDeletedRows } = await retryTransaction(db, (tx) =>
    tx
      .deleteFrom('projects')
      .where('organization_id', '=', project.organizationId)
      .where('id', '=', project.id)
      .executeTakeFirst(),
  );
  return numDeletedRows > 0n;
}
