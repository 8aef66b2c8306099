import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { announceBulkOperation } from '../webhooks/announced-bulk-operations.ts';
import { cancelItems } from './cancel-items.ts';
import { deleteItems } from './delete-items.ts';
import type { ItemFailure } from './item-failure.ts';
import { reprocessItems } from './reprocess-items.ts';
import { restartItems } from './restart-items.ts';

const PERFORM = {
  CANCEL: cancelItems,
  REPROCESS: reprocessItems,
  RESTART: restartItems,
  DELETE: deleteItems,
} as const;

/** Unfinished operations, the one that was not worked on for longest first. */
export async function findOpenOperations(db: Database, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from bulk_operations where finished_at is null order by updated_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Does the next items of an operation. Whoever does is alone with it, and what was done counts as done by the same
 * commit: it goes on after a crash where it was, and nothing is done twice.
 * @returns whether items are left; false also when somebody else is at it
 */
export async function advanceBulkOperation(
  tx: Tx,
  { operationId, batch, now }: { operationId: string; batch: number; now: Date },
): Promise<boolean> {
  const operation = await lockOperation(tx, operationId);
  if (operation === undefined) return false;
  const items = await nextItems(tx, operation, batch);
  const failures = await PERFORM[operation.kind](tx, operation, items, now);
  return settleItems(tx, operation, { items, failures, now });
}

/** Gives up the next item, which kept failing, so that those behind it get their turn. */
export async function giveUpItem(
  tx: Tx,
  { operationId, reason, now }: { operationId: string; reason: string; now: Date },
): Promise<void> {
  const operation = await lockOperation(tx, operationId);
  if (operation === undefined) return;
  const items = await nextItems(tx, operation, 1);
  const failures = items.map((item) => ({ item, code: 'INTERNAL_ERROR', message: reason }));
  await settleItems(tx, operation, { items, failures, now });
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
  { items, failures, now }: { items: readonly unknown[]; failures: readonly ItemFailure[]; now: Date },
): Promise<boolean> {
  const failed = failures.length;
  const done = items.length - failed;
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
  if (failed > 0) {
    const rows = failures.map(({ item, code, message }) => ({ ...item, code, message: message.slice(0, 1_000) }));
    await tx.insertInto('bulk_failures').values(rows).execute();
  }
  if (!more) {
    await tx.deleteFrom('bulk_items').where('operation_id', '=', operation.id).execute();
    await announceBulkOperation(tx, operation, now);
  }
  return more;
}
