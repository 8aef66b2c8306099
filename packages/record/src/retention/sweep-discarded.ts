import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

const REMOVAL_LIMIT_MS = 60_000;

/**
 * Has discarded contents deleted, the oldest first; safe to run twice, also at once. One that `remove` rejects is tried
 * again after the others.
 * @returns how many were deleted, and how many were not
 */
export function sweepDiscarded(
  db: Database,
  batch: number,
  remove: (ref: string) => Promise<void>,
): Promise<{ removed: number; failed: unknown[] }> {
  return db.transaction().execute(async (tx) => {
    // A content store may take its time, and these rows are nobody else's concern.
    await sql`set local idle_in_transaction_session_timeout = ${sql.lit(REMOVAL_LIMIT_MS)}`.execute(tx);
    const { rows } = await sql<{ ref: string }>`
      select ref from discarded_contents order by discarded_at limit ${batch} for update skip locked`.execute(tx);
    const results = await Promise.allSettled(rows.map(({ ref }) => remove(ref)));
    const refs = rows.map(({ ref }) => ref);
    const removed = refs.filter((_, index) => results[index]?.status === 'fulfilled');
    const failed = refs.filter((ref) => !removed.includes(ref));
    if (removed.length > 0) await sql`delete from discarded_contents where ref = any(${removed})`.execute(tx);
    if (failed.length > 0)
      await sql`update discarded_contents set discarded_at = now() where ref = any(${failed})`.execute(tx);
    return {
      removed: removed.length,
      failed: results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
    };
  });
}
