import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { Row } from '@gantry/record/schema/tables';

export function bulkAnswer(row: Row<'bulk_operations'>): BulkOperation {
  return {
    id: row.id,
    kind: row.kind,
    status: row.finished_at === null ? 'RUNNING' : row.aborted_at === null ? 'COMPLETED' : 'ABORTED',
    filter: row.filter,
    total: row.total,
    done: row.done,
    failed: row.failed,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    finishedOn: row.finished_at?.toISOString() ?? null,
  };
}
