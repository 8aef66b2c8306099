import type { Database, Tx } from '../connection/database.ts';
import { type AssistantView, viewAssistants } from './assistant-view.ts';

/** Names one assistant; with `projectId` only if it is of that project. */
export interface AssistantName {
  organizationId: string;
  id: string;
  projectId?: string | undefined;
}

export async function findAssistant(db: Database | Tx, assistant: AssistantName): Promise<AssistantView | undefined> {
  const { projectId } = assistant;
  const row = await db
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', assistant.organizationId)
    .where('id', '=', assistant.id)
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? ''))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const [view] = await viewAssistants(db, [row]);
  return view;
}
