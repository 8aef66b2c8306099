import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** The bytes that an organization has in the content store, as far as they are counted, and its slug. */
export function readContentUsage(db: Database, organizationId: string): Promise<{ bytes: number; slug: string }> {
  return db
    .selectFrom('organizations')
    .leftJoin('content_usage', 'organization_id', 'id')
    .select(['slug', sql<number>`coalesce(bytes, 0)`.as('bytes')])
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
}

/** Counts what was written, until all is counted anew. */
export async function addContentUsage(db: Database, organizationId: string, bytes: number): Promise<void> {
  await sql`
    insert into content_usage (organization_id, bytes) values (${organizationId}, ${bytes})
    on conflict (organization_id) do update set bytes = content_usage.bytes + excluded.bytes`.execute(db);
}

/** Of the organizations that have most. */
export function listContentUsage(db: Database): Promise<{ slug: string; bytes: number }[]> {
  return db
    .selectFrom('content_usage')
    .innerJoin('organizations', 'id', 'organization_id')
    .select(['slug', 'bytes'])
    .orderBy('bytes', 'desc')
    .limit(100)
    .execute();
}
