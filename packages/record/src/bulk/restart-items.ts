import { admissionIsOpen } from '../admission/admission-is-open.ts';
import type { Tx } from '../connection/database.ts';
import { restartWithin } from '../reprocess/restart-execution.ts';
import type { Row } from '../schema/tables.ts';
import { type ItemFailure, isGone } from './item-failure.ts';

const FROM_THE_FAILED_STEP = { pipeline: 'original' } as const;

export async function restartItems(
  tx: Tx,
  { organization_id: organizationId, request }: Pick<Row<'bulk_operations'>, 'organization_id' | 'request'>,
  items: readonly Row<'bulk_items'>[],
  now: Date,
): Promise<ItemFailure[]> {
  const moment = { open: await admissionIsOpen(tx), now };
  const failures: ItemFailure[] = [];
  for (const item of items) {
    const restart = {
      organizationId,
      executionId: item.execution_id ?? '',
      request: request ?? FROM_THE_FAILED_STEP,
    };
    const result = await restartWithin(tx, restart, moment);
    if (result.outcome === 'not-found') failures.push(isGone(item));
    if (result.outcome === 'refused')
      failures.push({ item, code: result.refusal.code, message: result.refusal.message });
  }
  return failures;
}
