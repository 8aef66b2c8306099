import { setTimeout as delay } from 'node:timers/promises';
import type { BreakableServer } from './breakable-server.ts';
import { PostgresCopy, withPostgres } from './postgres-copy.ts';
import type { Strike } from './strike.ts';

/** Longer than a producer waits for an answer, or takes to write one down. */
const ANSWERED_MS = 6_000;

/** The database is what it was some seconds before, as after a dump was restored: what was promised since is void. */
export async function restored({ stage, ledger, statuses, last }: Strike): Promise<void> {
  const before = ledger.mark();
  const copy = await PostgresCopy.take(stage.postgres);
  await last(4, 12);
  stage.postgres.network.refuse();
  await delay(ANSWERED_MS);
  await copy.restore();
  ledger.forget(before, ledger.mark());
  statuses.forget();
}

/** Postgres says of every change of an execution that its disk is full. */
export async function diskFull(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  await withPostgres(server, async (client) => {
    await client.query(`
      create or replace function chaos_disk_full() returns trigger language plpgsql as
        $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
      create trigger chaos_disk_full before insert or update on executions
        for each statement execute function chaos_disk_full()`);
    await last();
    await client.query('drop trigger chaos_disk_full on executions');
  });
}

/** Somebody holds a lock that every write of an execution needs. */
export async function locked(server: BreakableServer, last: () => Promise<void>): Promise<void> {
  await withPostgres(server, async (client) => {
    await client.query('begin');
    await client.query('lock table executions in exclusive mode');
    await last();
  });
}
