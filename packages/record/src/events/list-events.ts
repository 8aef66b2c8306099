import { statusFromValue } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import type { FieldTable } from '../filter/field-table.ts';
import { type PageInfo, type PageRequest, selectPage } from '../paging/select-page.ts';
import type { Row } from '../schema/tables.ts';
import type { IngestedExecution } from './ingest-result.ts';

const column = (name: string): RawBuilder<unknown> => sql.ref(`events.${name}`);
const said = (name: string): RawBuilder<unknown> => sql`(events.payload ->> ${sql.lit(name)})`;

export const eventFields = {
  id: { kind: 'uuid', sql: column('id') },
  createdOn: { kind: 'date', sql: column('created_at') },
  eventType: { kind: 'text', sql: column('event_type') },
  source: { kind: 'text', sql: column('source') },
  externalId: { kind: 'text', sql: column('external_id') },
  projectId: { kind: 'uuid', sql: column('project_id'), nullable: true },
  storeId: { kind: 'text', sql: said('storeId'), nullable: true },
  documentFamilyId: { kind: 'text', sql: said('documentFamilyId'), nullable: true },
  channelId: { kind: 'text', sql: said('channelId'), nullable: true },
  taskId: { kind: 'text', sql: said('taskId'), nullable: true },
  parentExecutionId: { kind: 'text', sql: said('parentExecutionId'), nullable: true },
  data: { kind: 'json', sql: sql`(events.payload -> 'data')` },
} as const satisfies FieldTable;

/** An event and what it caused, as far as that is still in the record. */
export interface EventView {
  row: Row<'events'>;
  /** The first 100 of them. */
  executions: IngestedExecution[];
}

const EXECUTIONS_SHOWN = 100;

/** Newest first, unless asked otherwise. */
export async function listEvents(
  db: Database,
  organizationId: string,
  request: PageRequest,
): Promise<{ views: EventView[]; page: PageInfo }> {
  const { rows, page } = await selectPage(
    db,
    {
      table: 'events',
      fields: eventFields,
      searched: ['id', 'eventType', 'source', 'externalId'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'desc' }],
    },
    request,
  );
  const caused = await causedBy(
    db,
    rows.map(({ id }) => id),
  );
  return { views: rows.map((row) => ({ row, executions: caused.get(row.id) ?? [] })), page };
}

async function causedBy(db: Database, eventIds: readonly string[]): Promise<Map<string, IngestedExecution[]>> {
  if (eventIds.length === 0) return new Map();
  type Caused = Pick<Row<'executions'>, 'id' | 'event_id' | 'assistant_id' | 'status' | 'priority' | 'duplicate_of'>;
  const { rows } = await sql<Caused>`
    select execution.* from unnest(${eventIds}::uuid[]) as event(id) cross join lateral (
      select id, event_id, assistant_id, status, priority, duplicate_of
      from executions where event_id = event.id order by id limit ${EXECUTIONS_SHOWN}
    ) as execution`.execute(db);
  const executions = rows.map(({ event_id, assistant_id, status, duplicate_of, ...row }) => ({
    eventId: event_id ?? '',
    execution: {
      id: row.id,
      assistantId: assistant_id,
      status: statusFromValue(status),
      priority: row.priority,
      duplicateOf: duplicate_of,
    },
  }));
  return new Map(
    [...Map.groupBy(executions, ({ eventId }) => eventId)].map(([id, found]) => [
      id,
      found.map(({ execution }) => execution),
    ]),
  );
}
