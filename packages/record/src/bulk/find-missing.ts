import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

interface Wanted {
  organizationId: string;
  storeId: string;
  familyIds: readonly string[];
  assistantIds: readonly string[];
}

/** Something of what is wanted that is not there: a document family of the store, or an assistant. */
export async function findMissing(
  db: Database,
  { organizationId, storeId, familyIds, assistantIds }: Wanted,
): Promise<{ what: 'family' | 'assistant'; id: string } | undefined> {
  const { rows } = await sql<{ what: 'family' | 'assistant'; id: string }>`
    select 'family' as what, wanted.id from unnest(${familyIds}::text[]) as wanted(id)
    where not exists (
      select from document_families where organization_id = ${organizationId} and store_id = ${storeId} and id = wanted.id
    )
    union all
    select 'assistant', wanted.id::text from unnest(${assistantIds}::uuid[]) as wanted(id)
    where not exists (select from assistants where organization_id = ${organizationId} and id = wanted.id)
    limit 1`.execute(db);
  return rows[0];
}
