import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Whether Postgres answers: rejects when it does not. */
export async function ping(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}

/** Whether it can be written: rejects also when it is a standby, or was made read-only. */
export async function checkWritable(db: Database): Promise<void> {
  const { rows } = await sql<{ readOnly: string }>`
    select current_setting('transaction_read_only') as "readOnly"`.execute(db);
  if (rows[0]?.readOnly !== 'off') throw new Error('This Postgres is read-only: it is a standby, or was made so');
}
