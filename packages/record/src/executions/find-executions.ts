import type { Database } from '../connection/database.ts';
import { type ExecutionView, viewExecutions } from './execution-view.ts';

/** Executions of an organization in the order asked for. Missing ones are left out. */
export async function findExecutions(
  db: Database,
  { organizationId, ids, outputs = false }: { organizationId: string; ids: readonly string[]; outputs?: boolean },
): Promise<ExecutionView[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('executions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return viewExecutions(
    db,
    ids.flatMap((id) => byId.get(id) ?? []),
    { outputs },
  );
}
