import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** An assistant with its schedules, in the order in which they were saved. */
export type AssistantView = Row<'assistants'> & { schedules: Row<'schedules'>[] };

export async function withSchedules(
  db: Database | Tx,
  assistants: readonly Row<'assistants'>[],
): Promise<AssistantView[]> {
  if (assistants.length === 0) return [];
  const schedules = await db
    .selectFrom('schedules')
    .selectAll()
    .where(
      'assistant_id',
      'in',
      assistants.map(({ id }) => id),
    )
    .orderBy('ordinal')
    .execute();
  const byAssistant = Map.groupBy(schedules, (schedule) => schedule.assistant_id);
  return assistants.map((assistant) => ({ ...assistant, schedules: byAssistant.get(assistant.id) ?? [] }));
}
