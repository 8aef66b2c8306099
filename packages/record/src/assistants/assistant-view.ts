import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** An assistant with its project, and its schedules in the order in which they were saved. */
export type AssistantView = Row<'assistants'> & {
  project: Pick<Row<'projects'>, 'id' | 'name' | 'slug'>;
  schedules: Row<'schedules'>[];
};

export async function viewAssistants(
  db: Database | Tx,
  assistants: readonly Row<'assistants'>[],
): Promise<AssistantView[]> {
  if (assistants.length === 0) return [];
  const ids = assistants.map(({ id }) => id);
  const schedules = await db
    .selectFrom('schedules')
    .selectAll()
    .where('assistant_id', 'in', ids)
    .orderBy('ordinal')
    .execute();
  const projects = await db
    .selectFrom('projects')
    .select(['id', 'name', 'slug'])
    .where('id', 'in', [...new Set(assistants.map(({ project_id }) => project_id))])
    .execute();
  const byAssistant = Map.groupBy(schedules, (schedule) => schedule.assistant_id);
  const byId = new Map(projects.map((project) => [project.id, project]));
  return assistants.flatMap((assistant) => {
    const project = byId.get(assistant.project_id);
    // Its project was removed at this moment, and it with its project.
    return project ? [{ ...assistant, project, schedules: byAssistant.get(assistant.id) ?? [] }] : [];
  });
}
