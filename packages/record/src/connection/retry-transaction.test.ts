import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecordFixture } from '../test/record-fixture.ts';
import { retryTransaction } from './retry-transaction.ts';

let record: RecordFixture;

beforeAll(async () => {
  record = await RecordFixture.open();
  await sql`create table things (id int primary key, of int references things on delete cascade)`.execute(record.db);
});
afterAll(() => record.close());

const raise = (code: string) => sql.raw(`do $$ begin raise exception 'no' using errcode = '${code}'; end $$`);

test.each([
  ['a deadlock', '40P01'],
  ['a serialization failure', '40001'],
  ['a unique key that was taken', '23505'],
  ['a reference to what was removed', '23503'],
])('work that lost a race to %s is done again from the start, and is there once', async (_race, code) => {
  await sql`truncate things`.execute(record.db);
  let attempt = 0;
  const { result } = await retryTransaction(record.db, async (tx) => {
    attempt += 1;
    await sql`insert into things values (${attempt})`.execute(tx);
    if (attempt < 3) await raise(code).execute(tx);
    return attempt;
  });
  expect(result).toBe(3);
  expect((await sql`select id from things`.execute(record.db)).rows).toEqual([{ id: 3 }]);
});

test('in the end it gives up with the error', async () => {
  let attempts = 0;
  const work = retryTransaction(record.db, async (tx) => {
    attempts += 1;
    await raise('40P01').execute(tx);
  });
  await expect(work).rejects.toMatchObject({ code: '40P01' });
  expect(attempts).toBe(5);
});

test.each([
  ['of Postgres', () => raise('22P02')],
  ['of its own', () => ({ execute: () => Promise.reject(new Error('broken')) })],
])('another error %s is not tried again', async (_whose, failing) => {
  let attempts = 0;
  const work = retryTransaction(record.db, async (tx) => {
    attempts += 1;
    await failing().execute(tx);
  });
  await expect(work).rejects.toThrow();
  expect(attempts).toBe(1);
});
