import { randomBytes } from 'node:crypto';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../connection/database.ts';
import { migrate, missingMigrations } from './migrate.ts';

function open(url: string): Database {
  return openDatabase({ url, poolSize: 1, name: 'migrate-test', onIdleError: () => undefined });
}

/** A database, and how a plain user reaches it who may make tables there and, `mayInstall`, extensions. */
async function withPlainUser(mayInstall: boolean, work: (db: Database) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const name = `plain_${randomBytes(6).toString('hex')}`;
  const owner = open(url);
  await sql`create role ${sql.ref(name)} login password 'plain'`.execute(owner);
  await sql`grant all on schema public to ${sql.ref(name)}`.execute(owner);
  const database = sql.ref(new URL(url).pathname.slice(1));
  if (mayInstall) await sql`grant create on database ${database} to ${sql.ref(name)}`.execute(owner);
  const plain = open(Object.assign(new URL(url), { username: name, password: 'plain' }).href);
  try {
    await work(plain);
  } finally {
    await plain.destroy();
    await sql`drop owned by ${sql.ref(name)} cascade`.execute(owner);
    await sql`drop role ${sql.ref(name)}`.execute(owner);
    await owner.destroy();
    await drop();
  }
}

async function textIndexes(db: Database): Promise<number> {
  const { rows } = await sql`select from pg_indexes where indexdef like '%gin_trgm_ops%'`.execute(db);
  return rows.length;
}

test('a plain user with a database of its own gets the indexes of texts; a second start migrates nothing', async () => {
  await withPlainUser(true, async (db) => {
    expect(await migrate(db)).toContain('0030-served-lists.sql');
    expect(await textIndexes(db)).toBe(4);
    expect(await migrate(db)).toEqual([]);
  });
});

test('where no extension may be installed, everything but the indexes of texts is there', async () => {
  await withPlainUser(false, async (db) => {
    expect(await migrate(db)).toContain('0030-served-lists.sql');
    expect(await textIndexes(db)).toBe(0);
    await expect(sql`select from executions where description ilike '%x%'`.execute(db)).resolves.toBeDefined();
  });
});

test('what is missing can be asked for, and nothing is after a migration', async () => {
  const { url, drop } = await freshDatabase();
  const db = open(url);
  try {
    const missing = await missingMigrations(db);
    expect(missing[0]).toBe('0001-initial.sql');
    expect(await migrate(db)).toEqual(missing);
    expect(await missingMigrations(db)).toEqual([]);
  } finally {
    await db.destroy();
    await drop();
  }
});
