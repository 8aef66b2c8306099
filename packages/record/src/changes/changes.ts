import type { ChangeKind } from '@gantry/contracts/http/execution-change';
import { statusFromValue } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** What is told of an execution, as a change left it. */
export const CHANGED = ['id', 'organization_id', 'project_id', 'assistant_id', 'status', 'change_sequence'] as const;

export type ChangedRow = Pick<Row<'executions'>, (typeof CHANGED)[number]>;

/** The same for RETURNING in plain SQL. @param table the name that the statement has for `executions` */
export function changedColumns(table = 'executions'): RawBuilder<unknown> {
  return sql.join(CHANGED.map((column) => sql.ref(`${table}.${column}`)));
}

/** Notes executions as changed, for those who watch. */
export function noteChanges(tx: Tx, kind: ChangeKind, rows: readonly ChangedRow[]): void {
  const at = new Date().toISOString();
  for (const row of rows) {
    tx.after.changes.push({
      executionId: row.id,
      organizationId: row.organization_id,
      projectId: row.project_id,
      assistantId: row.assistant_id,
      kind,
      status: statusFromValue(row.status),
      changeSequence: row.change_sequence,
      at,
    });
  }
}
