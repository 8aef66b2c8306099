import { statusFromValue } from '@gantry/domain/status';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { executionFields } from '../filter/execution-fields.ts';
import type { Row, Tables } from '../schema/tables.ts';
import { type AnnouncedKind, announce, type Listening, whoListens } from './announce.ts';

type Ended = Pick<
  Row<'executions'>,
  | 'id'
  | 'project_id'
  | 'assistant_id'
  | 'document_family_id'
  | 'event_id'
  | 'status'
  | 'priority'
  | 'created_at'
  | 'started_at'
  | 'finished_at'
  | 'processing_time_ms'
  | 'exception_details'
>;

const ANNOUNCED: AnnouncedKind<Ended> = {
  events: ['execution.finished', 'execution.failed'],
  fields: executionFields,
  project: sql.ref('executions.project_id'),
  async select(tx, _organizationId, ids, condition) {
    const { rows } = await sql<Ended>`
      select id, project_id, assistant_id, document_family_id, event_id, status, priority, created_at, started_at, finished_at,
        processing_time_ms, exception_details
      from executions where id = any(${[...ids]}::uuid[]) and ${condition} order by id`.execute(tx);
    return rows;
  },
  tell(row) {
    const status = statusFromValue(row.status);
    const why = row.exception_details;
    const data = {
      id: row.id,
      projectId: row.project_id,
      assistantId: row.assistant_id,
      documentFamilyId: row.document_family_id,
      eventId: row.event_id,
      status,
      priority: row.priority,
      createdOn: row.created_at.toISOString(),
      startDate: row.started_at?.toISOString() ?? null,
      endDate: row.finished_at?.toISOString() ?? null,
      processingTime: row.processing_time_ms,
      error: why === null ? null : { errorType: why.errorType ?? null, message: why.message ?? null },
    };
    const finished = { event: 'execution.finished', key: row.id, data } as const;
    return status === 'FAILED' ? [finished, { ...finished, event: 'execution.failed' }] : [finished];
  },
};

/** Tells of executions that this transaction has ended. */
export function announceEnded(
  tx: Transaction<Tables>,
  ended: readonly { organization_id: string; id: string }[],
  now: Date,
  listening?: readonly Listening[],
): Promise<void> {
  return announce(tx, ANNOUNCED, ended, now, listening);
}

export function whoListensToEnded(organizationIds: readonly string[]): RawBuilder<Listening> {
  return whoListens(organizationIds, ANNOUNCED.events);
}
