import { type ExecutionStatus, isFinished } from '@gantry/domain/status';
import type { Tx } from '../connection/database.ts';
import { cancelWithin } from '../executions/cancel-execution.ts';
import type { Row } from '../schema/tables.ts';
import { type ItemFailure, isGone } from './item-failure.ts';

export async function cancelItems(
  tx: Tx,
  { organization_id: organizationId }: Pick<Row<'bulk_operations'>, 'organization_id'>,
  items: readonly Row<'bulk_items'>[],
  now: Date,
): Promise<ItemFailure[]> {
  const executionIds = items.flatMap(({ execution_id }) => execution_id ?? []);
  const before = await cancelWithin(tx, { organizationId, executionIds, now });
  return items.flatMap((item) => failureOf(item, before.get(item.execution_id ?? '')) ?? []);
}

/** One that an earlier item has cancelled as its descendant is cancelled all the same. */
function failureOf(item: Row<'bulk_items'>, before: ExecutionStatus | undefined): ItemFailure | undefined {
  if (before === undefined) return isGone(item);
  if (!isFinished(before) || before === 'CANCELLED') return undefined;
  return { item, code: 'EXECUTION_FINISHED', message: `It had finished: it was ${before}.` };
}
