import { type ExecutionStatus, isFinished } from '@gantry/domain/status';
import type { Tx } from '../connection/database.ts';
import { cancelWithin } from '../executions/cancel-execution.ts';
import type { Row } from '../schema/tables.ts';
import type { ItemsOutcome } from './items-outcome.ts';

export async function cancelItems(
  tx: Tx,
  organizationId: string,
  items: readonly Row<'bulk_items'>[],
  now: Date,
): Promise<ItemsOutcome> {
  const executionIds = items.flatMap(({ execution_id }) => execution_id ?? []);
  const { before, brake } = await cancelWithin(tx, { organizationId, executionIds, now });
  return { failed: executionIds.filter((id) => wasTooLate(before.get(id))).length, brake, jobs: [] };
}

/** One that an earlier item has cancelled as its descendant is cancelled all the same. */
function wasTooLate(before: ExecutionStatus | undefined): boolean {
  return before === undefined || (isFinished(before) && before !== 'CANCELLED');
}
