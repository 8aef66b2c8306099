import type { ChangeKind, ExecutionChange } from '@gantry/contracts/http/execution-change';
import { statusFromValue } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** What is told of an execution, as a change left it. */
export const CHANGED = ['id', 'organization_id', 'project_id', 'assistant_id', 'status', 'change_sequence'] as const;

export type ChangedRow = Pick<Row<'executions'>, (typeof CHANGED)[number]>;

/** The same for RETURNING in plain SQL. @param table the name that the statement has for `executions` */
export function changedColumns(table = 'executions'): RawBuilder<unknown> {
  return sql.join(CHANGED.map((column) => sql.ref(`${table}.${column}`)));
}

type ChangeListener = (changes: readonly ExecutionChange[]) => void;

const listeners = new WeakMap<Database, ChangeListener>();
/** What transactions under way have changed. */
const pending = new WeakMap<Database, ExecutionChange[]>();

/**
 * From now on `listener` is called right after each commit of `db` that changed executions, before whoever asked for
 * the transaction goes on. A process that dies in between tells nobody.
 */
export function onChanges(db: Database, listener: ChangeListener): void {
  listeners.set(db, listener);
}

/** Runs a transaction; what it noted as changed is told once it has committed. */
export async function transaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const changes: ExecutionChange[] = [];
  const result = await db.transaction().execute((tx) => {
    pending.set(tx, changes);
    return work(tx);
  });
  tell(db, changes);
  return result;
}

/** Notes executions as changed by a transaction; outside of one, by a statement that has committed. */
export function noteChanges(on: Database | Tx, kind: ChangeKind, rows: readonly ChangedRow[]): void {
  if (rows.length === 0) return;
  const at = new Date().toISOString();
  const changes = rows.map((row) => ({
    executionId: row.id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    assistantId: row.assistant_id,
    kind,
    status: statusFromValue(row.status),
    changeSequence: row.change_sequence,
    at,
  }));
  const noted = pending.get(on);
  if (noted) noted.push(...changes);
  else tell(on, changes);
}

function tell(db: Database, changes: readonly ExecutionChange[]): void {
  if (changes.length > 0) listeners.get(db)?.(changes);
}
