import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Transform } from 'node:stream';
import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import { together } from './together.ts';
import { transaction } from './transaction.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.drop());

function open(url: string): Database {
  const db = openDatabase({ url, poolSize: 1, name: 'prepared-test', onIdleError: () => {} });
  onTestFinished(() => db.destroy());
  return db;
}

/** A port where Postgres answers as through a pooler: under another process id than the connection's own. */
async function pooled(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const postgres = connect(Number(port), hostname);
    for (const socket of [client, postgres]) socket.on('error', () => {});
    client.pipe(postgres);
    postgres.pipe(new Transform({ transform: (chunk, _, done) => done(null, withOtherPid(chunk)) })).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return through.href;
}

/** In BackendKeyData: a K, its length 12, the process id, a secret. */
function withOtherPid(chunk: Buffer): Buffer {
  const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (at !== -1) chunk.writeInt32BE(chunk.readInt32BE(at + 5) + 1, at + 5);
  return chunk;
}

const names = (db: Database, wanted: string[]) =>
  prepared<{ name: string }>`select name from things where name = any(${wanted}) order by name`
    .execute(db)
    .then(({ rows }) => rows.map(({ name }) => name));
const kept = async (db: Database) =>
  (await sql<{ count: number }>`select count(*)::int as count from pg_prepared_statements`.execute(db)).rows[0]?.count;

test('a connection keeps one statement for the same words, which goes on when its table is altered', async () => {
  const db = open(database.url);
  await sql`create table things (name text)`.execute(db);
  await sql`insert into things values ('a'), ('b')`.execute(db);
  expect(await names(db, ['a'])).toEqual(['a']);
  expect(await names(db, ['b', 'a'])).toEqual(['a', 'b']);
  expect(await kept(db)).toBe(1);
  await sql`alter table things add column size int`.execute(db);
  expect(await names(db, ['b'])).toEqual(['b']);
});

test('where a pooler answers for Postgres nothing is left on connections that are others’ next', async () => {
  const db = open(await pooled(database.url));
  expect(await names(db, ['a', 'b'])).toEqual(['a', 'b']);
  expect(await kept(db)).toBe(0);
});

test('what is asked together is carried out in order, and nothing of it where one part fails', async () => {
  const db = open(database.url);
  const add = (name: string) => sql<{ name: string }>`insert into things values (${name}) returning name`;
  const count = sql<{ count: number }>`select count(*)::int as count from things`;
  const { result } = await transaction(db, (tx) => together(tx, add('c'), count, add('d')));
  expect(result).toEqual([[{ name: 'c' }], [{ count: 3 }], [{ name: 'd' }]]);
  const failing = transaction(db, (tx) => together(tx, add('e'), sql`select 1 / 0`, count));
  await expect(failing).rejects.toThrow('division by zero');
  expect((await count.execute(db)).rows).toEqual([{ count: 4 }]);
});

test('a transaction in which nothing is asked leaves none behind', async () => {
  const db = open(database.url);
  await transaction(db, async () => {});
  const { rows } = await sql<{ now: boolean }>`select now() = statement_timestamp() as now`.execute(db);
  expect(rows).toEqual([{ now: true }]);
});
