import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { cancelItems } from './cancel-items.ts';
import type { ItemsOutcome } from './items-outcome.ts';
import { reprocessItems } from './reprocess-items.ts';

export type BulkProgress = Pick<ItemsOutcome, 'brake' | 'jobs'> & {
  /** Whether items are left. */
  more: boolean;
};

/** Unfinished operations, the one that was not worked on for longest first. */
export async function findOpenOperations(db: Database, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from bulk_operations where finished_at is null order by updated_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Does the next items of an operation. Whoever does is alone with it, and what was done counts as done by the same
 * commit: it goes on after a crash where it was, and nothing is done twice.
 * @returns undefined when it is finished, or somebody else is at it
 */
export async function advanceBulkOperation(
  tx: Tx,
  { operationId, batch, now }: { operationId: string; batch: number; now: Date },
): Promise<BulkProgress | undefined> {
  const operation = await lockOperation(tx, operationId);
  if (operation === undefined) return undefined;
  const items = await nextItems(tx, operation, batch);
  const perform = operation.kind === 'CANCEL' ? cancelItems : reprocessItems;
  const { failed, brake, jobs } = await perform(tx, operation.organization_id, items, now);
  const more = await settleItems(tx, operation, { done: items.length - failed, failed, now });
  return { brake, jobs, more };
}

/** Gives up the next item, which kept failing, so that those behind it get their turn. */
export async function giveUpItem(tx: Tx, { operationId, now }: { operationId: string; now: Date }): Promise<void> {
  const operation = await lockOperation(tx, operationId);
  if (operation) await settleItems(tx, operation, { done: 0, failed: 1, now });
}

function lockOperation(tx: Tx, operationId: string): Promise<Row<'bulk_operations'> | undefined> {
  return tx
    .selectFrom('bulk_operations')
    .selectAll()
    .where('id', '=', operationId)
    .where('finished_at', 'is', null)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

function nextItems(tx: Tx, { id, done, failed }: Row<'bulk_operations'>, batch: number): Promise<Row<'bulk_items'>[]> {
  return tx
    .selectFrom('bulk_items')
    .selectAll()
    .where('operation_id', '=', id)
    .where('ordinal', '>', done + failed)
    .orderBy('ordinal')
    .limit(batch)
    .execute();
}

/** @returns whether items are left */
async function settleItems(
  tx: Tx,
  operation: Row<'bulk_operations'>,
  { done, failed, now }: { done: number; failed: number; now: Date },
): Promise<boolean> {
  const more = operation.done + operation.failed + done + failed < operation.total;
  await tx
    .updateTable('bulk_operations')
    .set({
      done: operation.done + done,
      failed: operation.failed + failed,
      updated_at: now,
      finished_at: more ? null : now,
    })
    .where('id', '=', operation.id)
    .execute();
  if (!more) await tx.deleteFrom('bulk_items').where('operation_id', '=', operation.id).execute();
  return more;
}
