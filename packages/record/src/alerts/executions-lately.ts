import type { AlertCondition } from '@gantry/domain/alert';
import { statusValue, statusValues } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

type Watched = Pick<Row<'alerts'>, 'organization_id' | 'project_id' | 'assistant_id' | 'created_at'>;

/** What is about executions in what an alert is about: all of the organization, of a project, of an assistant. */
function watchedBy({ organization_id, project_id, assistant_id }: Watched): RawBuilder<boolean> {
  const ofProject = project_id === null ? sql`true` : sql`project_id = ${project_id}`;
  const ofAssistant = assistant_id === null ? sql`true` : sql`executions.assistant_id = ${assistant_id}`;
  return sql`(executions.organization_id = ${organization_id} and ${ofProject} and ${ofAssistant})`;
}

/** The assistant with the most failures lately, if these are more than the condition has. */
export async function findFailingAssistant(
  db: Database,
  alert: Watched,
  { failures, minutes }: Extract<AlertCondition, { kind: 'assistant-failing' }>,
): Promise<{ name: string; failed: number } | undefined> {
  // Written out, not as a parameter: that is how Postgres recognizes the condition of an index.
  const failed = sql.raw(`executions.status = ${statusValue('FAILED')}`);
  const { rows } = await sql<{ name: string; failed: number }>`
    select assistants.name, worst.failed from (
      select assistant_id, count(*)::int as failed from executions
      where ${watchedBy(alert)} and ${failed} and finished_at > now() - make_interval(mins => ${minutes})
        and assistant_id is not null
      group by assistant_id having count(*) > ${failures} order by failed desc limit 1
    ) as worst join assistants on assistants.id = worst.assistant_id`.execute(db);
  return rows[0];
}

const SUCCEEDED = statusValues(['SUCCEEDED', 'PENDING_REPROCESSING', 'REPROCESSED']);

/** Whether some execution succeeded lately, or the alert is too young to tell. */
export async function someSucceeded(
  db: Database,
  alert: Watched,
  { minutes }: Extract<AlertCondition, { kind: 'nothing-succeeded' }>,
): Promise<boolean> {
  const since = sql`now() - make_interval(mins => ${minutes})`;
  const { rows } = await sql<{ some: boolean }>`
    select ${alert.created_at} > ${since} or exists (
      select from executions
      where ${watchedBy(alert)} and finished_at > ${since} and status = any(${SUCCEEDED})
    ) as some`.execute(db);
  return rows[0]?.some ?? true;
}
