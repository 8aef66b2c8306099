import { type FaultProxy, startFaultProxy } from '@gantry/testkit/fault-proxy';
import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { isDatabaseUnavailable } from './database-error.ts';
import { ping } from './ping.ts';
import { whenReachable } from './when-reachable.ts';

let database: FreshDatabase;
let network: FaultProxy;
let db: Database;

beforeAll(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  network = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
  url.host = `127.0.0.1:${network.port}`;
  db = openDatabase({ url: url.href, poolSize: 2, name: 'pulse-test', onIdleError: () => {} });
});

afterAll(async () => {
  await db?.destroy();
  await network?.stop();
  await database?.drop();
});

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('whoever waits for a Postgres that fell silent gets an error, later ones at once, until it answers again', async () => {
  await ping(db);
  network.hang();
  const waiting = Array.from({ length: 4 }, () => failure(ping(db)));
  const inTransaction = failure(db.transaction().execute((tx) => sql`select 1`.execute(tx)));
  for (const error of await Promise.all([...waiting, inTransaction])) expect(error).toSatisfy(isDatabaseUnavailable);

  const refused = await failure(ping(db));
  expect(refused).toMatchObject({ name: 'DatabaseSilentError' });
  expect(refused).toSatisfy(isDatabaseUnavailable);

  network.heal();
  await waitFor(async () => (await failure(ping(db))) === undefined);
});

test('a statement may take its time as long as Postgres lives', async () => {
  await sql`select pg_sleep(5)`.execute(db);
});

test('connections that are refused are no silence: the next one that is accepted works', async () => {
  network.refuse();
  expect(await failure(ping(db))).toSatisfy(isDatabaseUnavailable);
  network.heal();
  await waitFor(async () => (await failure(ping(db))) === undefined);
});

test('whoever starts while Postgres is away waits for it, and for nothing else', async () => {
  network.refuse();
  const reasons: unknown[] = [];
  const done = await whenReachable(
    () => ping(db).then(() => 'there'),
    (error) => {
      reasons.push(error);
      network.heal();
    },
  );
  expect(done).toBe('there');
  expect(reasons[0]).toSatisfy(isDatabaseUnavailable);
  const broken = whenReachable(
    () => sql`select nothing_of_that_name`.execute(db),
    () => expect.unreachable(),
  );
  await expect(broken).rejects.toThrow('nothing_of_that_name');
});
