import { sql, type Transaction } from 'kysely';
import { bulkFields } from '../bulk/bulk-fields.ts';
import type { Row, Tables } from '../schema/tables.ts';
import { type AnnouncedKind, announce } from './announce.ts';

const ANNOUNCED: AnnouncedKind<Row<'bulk_operations'>> = {
  events: ['bulk-operation.finished'],
  fields: bulkFields,
  project: null,
  async select(tx, _organizationId, ids, condition) {
    const { rows } = await sql<Row<'bulk_operations'>>`
      select * from bulk_operations where id = any(${[...ids]}::uuid[]) and ${condition}`.execute(tx);
    return rows;
  },
  tell({ id, kind, filter, total, done, failed, aborted_at: abortedAt, finished_at: finishedAt }) {
    const status = abortedAt === null ? 'COMPLETED' : 'ABORTED';
    const data = { id, kind, status, filter, total, done, failed, finishedOn: finishedAt?.toISOString() ?? null };
    return [{ event: 'bulk-operation.finished', key: id, data }];
  },
};

/** Tells of a bulk operation that this transaction has ended. */
export function announceBulkOperation(
  tx: Transaction<Tables>,
  operation: { organization_id: string; id: string },
  now: Date,
): Promise<void> {
  return announce(tx, ANNOUNCED, [operation], now);
}
