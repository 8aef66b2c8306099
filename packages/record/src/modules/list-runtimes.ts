import { DEFAULT_RUNTIME } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** The module runtimes that the modules an organization can use run on, sorted: `org/slug`. */
export async function listRuntimes(db: Database, organizationId: string): Promise<string[]> {
  const { rows } = await sql<{ ref: string }>`
    select distinct coalesce(metadata ->> 'moduleRuntimeRef', ${DEFAULT_RUNTIME}) collate "C" as ref from modules
    where withdrawn_at is null and (organization_id is null or organization_id = ${organizationId})
    order by ref`.execute(db);
  return rows.map(({ ref }) => ref);
}
