import type { Database } from '../database.ts';
import type { Row } from '../tables.ts';

/** Names one assistant; with `projectId` only if it is of that project. */
export interface AssistantName {
  organizationId: string;
  id: string;
  projectId?: string | undefined;
}

export async function findAssistant(db: Database, assistant: AssistantName): Promise<Row<'assistants'> | undefined> {
  const { projectId } = assistant;
  return db
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', assistant.organizationId)
    .where('id', '=', assistant.id)
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
    .executeTakeFirst();
}
