import type { RestartRequest } from '@gantry/contracts/http/restart';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import { type Database, jsonb, type Tx } from '../connection/database.ts';
import { transaction } from '../connection/transaction.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { type BulkSelection, selectItems } from './bulk-selection.ts';

export interface NewBulkOperation {
  organizationId: string;
  selection: BulkSelection;
  /** The filter as it was asked, to be shown. */
  filter: readonly string[];
  /** What is asked of each item, if more than the kind says. */
  request?: RestartRequest | undefined;
  actor?: Actor;
  now: Date;
}

export type CreateBulkResult =
  | { outcome: 'created'; operation: Row<'bulk_operations'> }
  | { outcome: 'too-large'; limit: number }
  | { outcome: 'too-many'; limit: number };

const MAX_ITEMS = 1_000_000;

/** Unfinished ones of an organization at the same time. */
const MAX_OPEN = 20;

/** How many items an operation would have. */
export async function countBulkItems(db: Database, organizationId: string, selection: BulkSelection): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (${selectItems(organizationId, selection)}) as item`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Writes down what is to be done to which executions, as they are now: those that match the filter later are not
 * touched.
 */
export async function createBulkOperation(db: Database, wanted: NewBulkOperation): Promise<CreateBulkResult> {
  try {
    const { result } = await transaction(db, (tx) => create(tx, wanted));
    return result;
  } catch (error) {
    if (error instanceof TooLargeError) return { outcome: 'too-large', limit: MAX_ITEMS };
    throw error;
  }
}

async function create(
  tx: Tx,
  { organizationId, selection, filter, request, actor, now }: NewBulkOperation,
): Promise<Exclude<CreateBulkResult, { outcome: 'too-large' }>> {
  const { rows: open } = await sql`
    select from bulk_operations where organization_id = ${organizationId} and finished_at is null`.execute(tx);
  if (open.length >= MAX_OPEN) return { outcome: 'too-many', limit: MAX_OPEN };
  const { id } = await tx
    .insertInto('bulk_operations')
    .values({
      id: newId(),
      organization_id: organizationId,
      kind: selection.kind,
      filter: [...filter],
      total: 0,
      created_at: now,
      updated_at: now,
      request: request && jsonb(request),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { numAffectedRows } = await sql`
    insert into bulk_items (operation_id, ordinal, execution_id, assistant_id, document_family_id)
    select ${id}, row_number() over (order by age, key, assistant_id), execution_id, assistant_id, document_family_id
    from (${selectItems(organizationId, selection)}) as item
    limit ${MAX_ITEMS + 1}`.execute(tx);
  const total = Number(numAffectedRows ?? 0);
  if (total > MAX_ITEMS) throw new TooLargeError();
  const operation = await tx
    .updateTable('bulk_operations')
    .set({ total, finished_at: total === 0 ? now : null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const details = { kind: operation.kind, filter: [...filter], total };
  await audit(tx, actor, { action: 'start', resource: 'bulk-operation', id, details });
  return { outcome: 'created', operation };
}

/** Takes back what the transaction has written. */
class TooLargeError extends Error {}
