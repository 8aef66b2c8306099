import { statusValue, statusValues, UNFINISHED_STATUSES } from '@gantry/domain/status';
import { sql } from 'kysely';
import { noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { rowsOf } from '../connection/rows-of.ts';
import type { NewExecution } from './new-execution.ts';

const COLUMNS = sql.raw(
  [
    'id, organization_id, project_id, assistant_id, document_family_id, event_id, parent_execution_id, reprocess_of',
    'replaces, from_step, revision, duplicate_of, status, priority, dedup_key, releases_key_when_running, cause_depth, queue_batch, traceparent',
    'description, context',
    'parameters, pipeline, complete_label, timeout_seconds, logging_enabled, delete_logging_on_success, created_at, finished_at',
  ].join(', '),
);

/** An owner can finish between our insert and our look; then the key is free again. */
const ROUNDS = 5;

/** The change sequence of a new row. */
const FIRST_CHANGE = 1;

/**
 * Inserts executions. One whose dedup key an unfinished execution of the same assistant holds becomes SKIPPED, with
 * `duplicate_of`; a unique index is the referee, so of any number of concurrent ones exactly one holds the key.
 * @returns the rows as they were inserted, in order
 */
export async function insertExecutions(tx: Tx, executions: readonly NewExecution[]): Promise<NewExecution[]> {
  const result = new Map(executions.map((execution) => [execution.id, execution]));
  let claiming = executions.filter((execution) => execution.dedup_key !== null);
  await insert(
    tx,
    executions.filter((execution) => execution.dedup_key === null),
  );

  for (let round = 0; claiming.length > 0; round += 1) {
    if (round === ROUNDS) throw new Error('the owners of dedup keys kept changing');
    const inserted = await insert(tx, claiming);
    const refused = claiming.filter((execution) => !inserted.has(execution.id));
    const owners = await findOwners(tx, refused);
    const duplicates = refused.flatMap((execution) => {
      const owner = owners.get(keyOf(execution));
      return owner === undefined ? [] : [skipped(execution, owner)];
    });
    await insert(tx, duplicates);
    for (const duplicate of duplicates) result.set(duplicate.id, duplicate);
    claiming = refused.filter((execution) => !owners.has(keyOf(execution)));
  }
  const created = [...result.values()];
  noteChanges(
    tx,
    'created',
    created.map((execution) => ({ ...execution, change_sequence: FIRST_CHANGE })),
  );
  return created;
}

async function insert(tx: Tx, rows: readonly NewExecution[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const { rows: inserted } = await prepared<{ id: string }>`
    insert into executions (${COLUMNS})
    select ${COLUMNS} from ${rowsOf('executions', rows)}
    order by assistant_id, dedup_key, id
    on conflict (assistant_id, dedup_key) where dedup_key is not null do nothing
    returning id`.execute(tx);
  return new Set(inserted.map((row) => row.id));
}

async function findOwners(tx: Tx, executions: readonly NewExecution[]): Promise<Map<string, string>> {
  if (executions.length === 0) return new Map();
  const wanted = executions.map(({ assistant_id, dedup_key }) => ({ assistant_id, dedup_key }));
  const { rows } = await sql<Pick<NewExecution, 'id' | 'assistant_id' | 'dedup_key'>>`
    select distinct executions.id, assistant_id, dedup_key
    from executions
    join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted(assistant_id uuid, dedup_key text)
      using (assistant_id, dedup_key)
    where status = any(${statusValues(UNFINISHED_STATUSES)})`.execute(tx);
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}

function keyOf({ assistant_id, dedup_key }: Pick<NewExecution, 'assistant_id' | 'dedup_key'>): string {
  return `${assistant_id} ${dedup_key}`;
}

function skipped(execution: NewExecution, owner: string): NewExecution {
  return {
    ...execution,
    status: statusValue('SKIPPED'),
    duplicate_of: owner,
    dedup_key: null,
    finished_at: execution.created_at,
  };
}
