import type { Tx } from '../connection/database.ts';
import { deleteWithin } from '../executions/delete-execution.ts';
import type { Row } from '../schema/tables.ts';
import type { ItemFailure } from './item-failure.ts';

/** One that somebody else has deleted is gone all the same. */
export async function deleteItems(
  tx: Tx,
  { organization_id: organizationId }: Pick<Row<'bulk_operations'>, 'organization_id'>,
  items: readonly Row<'bulk_items'>[],
): Promise<ItemFailure[]> {
  const executionIds = items.flatMap(({ execution_id }) => execution_id ?? []);
  const { unfinished } = await deleteWithin(tx, { organizationId, executionIds });
  return items.flatMap((item) => {
    const status = unfinished.get(item.execution_id ?? '');
    if (status === undefined) return [];
    return { item, code: 'EXECUTION_UNFINISHED', message: `It is not finished: it is ${status}.` };
  });
}
