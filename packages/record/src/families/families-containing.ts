import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { outsideUuids } from '../filter/compile-search.ts';
import { familyFields } from './family-fields.ts';

/** Of more, what is looked for is soon met on the way through a list, and too much to name. */
const AT_MOST = 2_000;

/** @returns the ids that contain a text and are no uuids; undefined: too many */
export async function familiesContaining(
  db: Database,
  organizationId: string,
  search: string,
): Promise<string[] | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from document_families
    where organization_id = ${organizationId} and ${outsideUuids(search, familyFields.id)}
    limit ${AT_MOST + 1}`.execute(db);
  return rows.length > AT_MOST ? undefined : rows.map(({ id }) => id);
}
