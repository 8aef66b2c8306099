import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type PageRequest, type RowsOf, selectPage } from '../paging/select-page.ts';
import { alertFields } from './alert-fields.ts';

export function listAlerts(db: Database, organizationId: string, request: PageRequest): Promise<RowsOf<'alerts'>> {
  return selectPage(
    db,
    {
      table: 'alerts',
      fields: alertFields,
      searched: ['id', 'name'],
      where: sql`organization_id = ${organizationId}`,
      sort: [{ field: 'createdOn', direction: 'asc' }],
    },
    request,
  );
}
