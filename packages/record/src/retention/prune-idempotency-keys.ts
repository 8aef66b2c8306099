import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { Pruning } from './prune-executions.ts';

/** Forgets the oldest keys of requests that were claimed before an instant. */
export async function pruneIdempotencyKeys(tx: Tx, { before, batch }: Pruning): Promise<void> {
  await sql`
    delete from idempotency_keys where (organization_id, key) in (
      select organization_id, key from idempotency_keys where claimed_at < ${before}
      order by claimed_at limit ${batch} for update skip locked
    )`.execute(tx);
}
