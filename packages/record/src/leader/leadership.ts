import type { Committed } from '@gantry/contracts/after-commit';
import { sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { allOver } from '../connection/together.ts';
import { transaction } from '../connection/transaction.ts';

/** Seconds until a leader that stopped renewing may be replaced. With a look every second, a successor leads within 5 s. */
const LEASE_SECONDS = 3.5;

/**
 * How long a leader's transaction may wait for a lock, and be idle. Postgres does not see that whoever began it is gone
 * or paused, and no successor leads before it has ended: together, and with the look of a second, these are within 5 s.
 */
const LOCK_WAIT_MS = 1_500;
const IDLE_MS = 2_500;

/** Somebody who leads: `term` grows with every change of leader. */
export interface Leadership {
  holder: string;
  term: number;
}

/** @returns this holder's leadership, new or renewed; undefined while another one holds it */
export async function acquireLeadership(db: Database, holder: string): Promise<Leadership | undefined> {
  const renewed = await prepared<{ term: number }>`
    update leader set expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}), beat = beat + 1
    where holder = ${holder} and expires_at > clock_timestamp()
    returning term`.execute(db);
  const term = renewed.rows[0]?.term ?? (await takeOver(db, holder));
  return term === undefined ? undefined : { holder, term };
}

/**
 * Takes a lease that has run out. The full row lock waits for the key-share locks of leader's transactions that are
 * under way, which renewals do not conflict with.
 */
async function takeOver(db: Database, holder: string): Promise<number | undefined> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ expired: boolean }>`
      select expires_at <= clock_timestamp() as expired from leader for update skip locked`.execute(tx);
    if (rows[0]?.expired !== true) return undefined;
    const taken = await sql<{ term: number }>`
      update leader set holder = ${holder}, term = term + 1, beat = beat + 1,
        expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      returning term`.execute(tx);
    return taken.rows[0]?.term;
  });
}

/** Lets the next one take over at once. */
export async function resignLeadership(db: Database, { holder, term }: Leadership): Promise<void> {
  await sql`update leader set expires_at = '-infinity' where holder = ${holder} and term = ${term}`.execute(db);
}

/** The leadership was lost: nothing of the transaction was written. */
export class NotLeaderError extends Error {
  constructor() {
    super('another scheduler leads');
    this.name = 'NotLeaderError';
  }
}

/**
 * Runs a transaction that only the present leader can commit: a leader that was paused cannot write late. If it is paused
 * or killed in the middle of it, Postgres gives the transaction up, so that its successor need not wait. It looks for rows
 * by index, also in a table that grows from nothing faster than Postgres learns of what is in it.
 * @param work gets the time that it is by the clock of the record, whatever the leader's own clock says
 */
export function asLeader<T>(
  db: Database,
  leadership: Leadership,
  work: (tx: Tx, now: Date) => Promise<T>,
): Promise<Committed<T>> {
  return asLeaderAsking(db, leadership, async () => undefined, work);
}

/** The same, with what is asked beside whether it leads, which saves a wait. It must not write. */
export function asLeaderAsking<Asked, T>(
  db: Database,
  { holder, term }: Leadership,
  ask: (tx: Tx) => Promise<Asked>,
  work: (tx: Tx, now: Date, asked: Asked) => Promise<T>,
): Promise<Committed<T>> {
  return transaction(db, async (tx) => {
    // Before version 18 a scan that there is no index for then costs so much that Postgres compiles it, for 200 ms.
    const leading = prepared<{ now: Date }>`
      select clock_timestamp() as now, set_config('idle_in_transaction_session_timeout', ${String(IDLE_MS)}, true),
        set_config('lock_timeout', ${String(LOCK_WAIT_MS)}, true), set_config('enable_seqscan', 'off', true),
        set_config('jit', 'off', true)
      from leader where holder = ${holder} and term = ${term} and expires_at > clock_timestamp() for key share`;
    const [{ rows }, asked] = await allOver([leading.execute(tx), ask(tx)]);
    if (rows[0] === undefined) throw new NotLeaderError();
    return work(tx, rows[0].now, asked);
  });
}
