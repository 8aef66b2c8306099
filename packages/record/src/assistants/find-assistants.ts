import type { Database } from '../connection/database.ts';
import { type AssistantView, viewAssistants } from './assistant-view.ts';

/** The assistants of an organization with these ids, by id. */
export async function findAssistants(
  db: Database,
  { organizationId, ids }: { organizationId: string; ids: readonly string[] },
): Promise<Map<string, AssistantView>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  return new Map((await viewAssistants(db, rows)).map((assistant) => [assistant.id, assistant]));
}
