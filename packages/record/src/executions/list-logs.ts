import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { logFields } from '../filter/log-fields.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';

/** The log of an execution, in the order in which it was written unless asked otherwise. */
export function listLogs(db: Database, executionId: string, request: PageRequest): Promise<RowsOf<'execution_logs'>> {
  return selectPage(
    db,
    {
      table: 'execution_logs',
      fields: logFields,
      searched: ['entry'],
      where: sql`execution_id = ${executionId}`,
      sort: [],
    },
    request,
  );
}
