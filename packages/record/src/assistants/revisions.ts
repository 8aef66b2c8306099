import type { Database } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

const SHOWN = 1_000;

/** The revisions of an assistant's pipeline, newest first; at most 1,000. */
export function listRevisions(db: Database, assistantId: string): Promise<Row<'assistant_revisions'>[]> {
  return db
    .selectFrom('assistant_revisions')
    .selectAll()
    .where('assistant_id', '=', assistantId)
    .orderBy('number', 'desc')
    .limit(SHOWN)
    .execute();
}

export function findRevision(
  db: Database,
  { assistantId, number }: { assistantId: string; number: number },
): Promise<Row<'assistant_revisions'> | undefined> {
  return db
    .selectFrom('assistant_revisions')
    .selectAll()
    .where('assistant_id', '=', assistantId)
    .where('number', '=', number)
    .executeTakeFirst();
}
