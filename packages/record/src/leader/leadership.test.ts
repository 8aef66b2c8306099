import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadExecutions } from '../fold/load-executions.ts';
import { factsOf } from '../test/facts.ts';
import { RecordFixture } from '../test/record-fixture.ts';
import { acquireLeadership, asLeader, type Leadership, NotLeaderError, resignLeadership } from './leadership.ts';

let record: RecordFixture;

beforeAll(async () => {
  record = await RecordFixture.open();
  await sql`create table written (by text)`.execute(record.db);
});
afterAll(() => record.close());
beforeEach(async () => {
  await sql`update leader set holder = null, term = 0, expires_at = '-infinity'`.execute(record.db);
  await sql`truncate written`.execute(record.db);
});

const acquire = (holder: string) => acquireLeadership(record.db, holder);
const letItExpire = () => sql`update leader set expires_at = clock_timestamp()`.execute(record.db);

async function lead(holder: string): Promise<Leadership> {
  const leadership = await acquire(holder);
  if (leadership === undefined) throw new Error(`${holder} does not lead`);
  return leadership;
}

async function written(): Promise<string[]> {
  const { rows } = await sql<{ by: string }>`select by from written`.execute(record.db);
  return rows.map(({ by }) => by);
}

const write = (leadership: Leadership, before: Promise<unknown> = Promise.resolve()) =>
  asLeader(record.db, leadership, async (tx) => {
    await before;
    await sql`insert into written values (${leadership.holder})`.execute(tx);
  });

test('the first one leads; it renews its term, and nobody else gets it before it has expired', async () => {
  expect(await acquire('a')).toEqual({ holder: 'a', term: 1 });
  expect(await acquire('b')).toBeUndefined();
  expect(await acquire('a')).toEqual({ holder: 'a', term: 1 });
  await letItExpire();
  expect(await acquire('b')).toEqual({ holder: 'b', term: 2 });
  expect(await acquire('a')).toBeUndefined();
});

test('a renewed lease ends later than before', async () => {
  await lead('a');
  await sql`create table before as select expires_at from leader`.execute(record.db);
  await lead('a');
  const { rows } = await sql`select from leader, before where leader.expires_at > before.expires_at`.execute(record.db);
  expect(rows).toHaveLength(1);
});

test('whoever comes back after its lease has expired begins a new term', async () => {
  const first = await lead('a');
  await letItExpire();
  expect(await acquire('a')).toEqual({ holder: 'a', term: 2 });
  await expect(write(first)).rejects.toThrow(NotLeaderError);
});

test('of many who try at once, one leads', async () => {
  const pools = [record.db, record.anotherPool(4)];
  for (let round = 0; round < 5; round += 1) {
    await letItExpire();
    const leaderships = await Promise.all(
      Array.from({ length: 12 }, (_, index) => acquireLeadership(pools[index % 2] ?? record.db, `${round}.${index}`)),
    );
    expect(leaderships.filter((leadership) => leadership !== undefined)).toHaveLength(1);
  }
});

test('the leader writes', async () => {
  await write(await lead('a'));
  expect(await written()).toEqual(['a']);
});

test('once it was replaced, it cannot write any more', async () => {
  const old = await lead('a');
  await letItExpire();
  const next = await lead('b');
  await expect(write(old)).rejects.toThrow(NotLeaderError);
  await write(next);
  expect(await written()).toEqual(['b']);
});

test('nor once its lease has expired, replaced or not', async () => {
  const old = await lead('a');
  await letItExpire();
  await expect(write(old)).rejects.toThrow(NotLeaderError);
  expect(await written()).toEqual([]);
});

test('renewing does not wait for the leader’s own transactions', async () => {
  const leadership = await lead('a');
  const renewed = Promise.withResolvers<void>();
  const writing = write(leadership, renewed.promise);
  expect(await acquire('a')).toEqual(leadership);
  renewed.resolve();
  await writing;
  expect(await written()).toEqual(['a']);
});

test('nobody takes over in the middle of a transaction of the leader’s', async () => {
  const old = await lead('a');
  const end = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const writing = asLeader(record.db, old, async (tx) => {
    begun.resolve();
    await end.promise;
    await sql`insert into written values ('a')`.execute(tx);
  });
  await begun.promise;
  await letItExpire();
  expect(await acquire('b')).toBeUndefined();
  end.resolve();
  await writing;
  expect(await acquire('b')).toEqual({ holder: 'b', term: 2 });
  expect(await written()).toEqual(['a']);
});

test('a leader that was paused in the middle of a transaction loses it, and does not hold up its successor', async () => {
  const old = await lead('a');
  const resumed = Promise.withResolvers<void>();
  const writing = write(old, resumed.promise);
  const failed = expect(writing).rejects.toThrow();
  const next = await waitFor(() => acquire('b'), { timeoutMs: 10_000, what: 'a successor' });
  expect(next).toEqual({ holder: 'b', term: 2 });
  resumed.resolve();
  await failed;
  expect(await written()).toEqual([]);
});

test('who resigns lets the next one in at once, and writes no more', async () => {
  const old = await lead('a');
  await resignLeadership(record.db, old);
  await expect(write(old)).rejects.toThrow(NotLeaderError);
  expect(await acquire('b')).toEqual({ holder: 'b', term: 2 });
});

test('who was replaced resigns without effect', async () => {
  const old = await lead('a');
  await letItExpire();
  const next = await lead('b');
  await resignLeadership(record.db, old);
  expect(await acquire('c')).toBeUndefined();
  expect(await acquire('b')).toEqual(next);
});

test('steps are looked up by index, also before Postgres has learned how many there are', async () => {
  const { db } = record;
  const place = await record.newPlace();
  const ids = await Promise.all(Array.from({ length: 60 }, () => place.execution('RUNNING')));
  await sql`alter table execution_steps set (autovacuum_enabled = false)`.execute(db);
  await sql`
    insert into execution_steps (execution_id, ordinal, ref, status, attempt)
    select id, ordinal, 'gantry/noop', 0, 0 from executions, generate_series(1, 200) as ordinal
    where id = any(${ids})`.execute(db);
  const { result } = await asLeader(db, await lead('a'), async (tx) => {
    await loadExecutions(
      tx,
      ids.map((id) => factsOf(id, 1).planned()),
    );
    return sql`select seq_scan, idx_scan > 0 as by_index from pg_stat_xact_user_tables where relname = 'execution_steps'`.execute(
      tx,
    );
  });
  expect(result.rows).toEqual([{ seq_scan: 0, by_index: true }]);
});

test('a scan that there is no index for is not compiled, however much it seems to cost', async () => {
  const { result } = await asLeader(record.db, await lead('a'), (tx) =>
    sql<{
      'QUERY PLAN': [Record<string, unknown>];
    }>`explain (analyze, format json) select count(*) from written`.execute(tx),
  );
  expect(result.rows[0]?.['QUERY PLAN'][0]).not.toHaveProperty('JIT');
});
