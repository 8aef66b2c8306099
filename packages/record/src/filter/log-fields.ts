import { LOG_LEVELS } from '@gantry/domain/log-entry';
import { sql } from 'kysely';
import type { FieldTable } from './field-table.ts';

/** What log entries can be filtered and sorted by. The order of ids is that in which they were written. */
export const logFields = {
  id: { kind: 'uuid', sql: sql.ref('execution_logs.id') },
  uuid: { kind: 'uuid', sql: sql.ref('execution_logs.id') },
  stepId: { kind: 'text', sql: sql`(execution_logs.execution_id || '.' || execution_logs.step)` },
  level: { kind: 'words', words: LOG_LEVELS, sql: sql.ref('execution_logs.level') },
  logDate: { kind: 'date', sql: sql.ref('execution_logs.logged_at') },
  entry: { kind: 'text', sql: sql.ref('execution_logs.entry') },
} as const satisfies FieldTable;
