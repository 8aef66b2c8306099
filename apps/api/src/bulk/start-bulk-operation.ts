import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import { advanceBulkOperation } from '@gantry/record/bulk/advance-bulk-operation';
import { createBulkOperation, type NewBulkOperation } from '@gantry/record/bulk/create-bulk-operation';
import { findBulkOperation } from '@gantry/record/bulk/find-bulk-operation';
import { retryTransaction } from '@gantry/record/connection/retry-transaction';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { bulkAnswer } from './bulk-answer.ts';

/** Done before the answer, so that whoever asks for a few things finds them done. */
const FIRST_BATCH = 100;

/**
 * Writes an operation down and begins with it; what does not fit into the first batch, and whatever goes wrong with
 * that, is left to the scheduler.
 * @throws ApiError BULK_TOO_LARGE or TOO_MANY_BULK_OPERATIONS
 */
export async function startBulkOperation(deps: ApiDeps, wanted: Omit<NewBulkOperation, 'now'>): Promise<BulkOperation> {
  const created = await createBulkOperation(deps.db, { ...wanted, now: new Date() });
  switch (created.outcome) {
    case 'too-large':
      throw new ApiError('BULK_TOO_LARGE', `One operation is about at most ${created.limit} executions.`);
    case 'too-many':
      throw new ApiError('TOO_MANY_BULK_OPERATIONS', `At most ${created.limit} operations run at the same time.`, {
        headers: { 'retry-after': '10' },
      });
    case 'created':
      if (created.operation.total > 0) await begin(deps, created.operation.id);
      return readBulkOperation(deps, wanted.organizationId, created.operation.id);
  }
}

async function begin(deps: ApiDeps, operationId: string): Promise<void> {
  try {
    await deps.commits.follow(
      retryTransaction(deps.db, (tx) => advanceBulkOperation(tx, { operationId, batch: FIRST_BATCH, now: new Date() })),
    );
  } catch (error) {
    deps.logger.warn({ err: error, operationId }, 'a bulk operation did not begin well: the scheduler goes on with it');
  }
}

/** @throws ApiError NOT_FOUND */
export async function readBulkOperation({ db }: ApiDeps, organizationId: string, id: string): Promise<BulkOperation> {
  const operation = await findBulkOperation(db, { organizationId, id });
  if (operation === undefined) throw notFound('bulk operation', id);
  return bulkAnswer(operation);
}
