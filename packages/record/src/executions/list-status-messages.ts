import { STATUS_MESSAGES_KEPT } from '@gantry/domain/status-message';
import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** The newest, in the order in which they were said. */
export async function listStatusMessages(db: Database, executionId: string): Promise<Row<'status_messages'>[]> {
  const newest = await db
    .selectFrom('status_messages')
    .selectAll()
    .where('execution_id', '=', executionId)
    .orderBy('id', 'desc')
    .limit(STATUS_MESSAGES_KEPT)
    .execute();
  return newest.reverse();
}
