import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../connection/database.ts';
import { migrate, missingMigrations, unknownMigrations } from './migrate.ts';

/** The first ones were made before there was a version to run beside. */
const BEFORE_APPS_RAN_BESIDE = '0010';

/** Those before locked several tables at once; a migration newer than this one of them steps back until it gets them all. */
const LOCKED_MORE_BEFORE = '0200';

/** Apps do not write them all the time. */
const SELDOM_WRITTEN = ['organizations'];

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
    expect(await textIndexes(db)).toBe(3);
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

test('an app of this version starts beside the schema of a newer one, and says what it does not know', async () => {
  const { url, drop } = await freshDatabase();
  const db = open(url);
  try {
    await migrate(db);
    await sql`insert into migrations (name) values ('9000-newer.sql')`.execute(db);
    expect(await migrate(db)).toEqual([]);
    expect(await unknownMigrations(db)).toEqual(['9000-newer.sql']);
  } finally {
    await db.destroy();
    await drop();
  }
});

test('migrations only add: apps of the version before run beside them', async () => {
  const names = (await readdir(new URL('./migrations/', import.meta.url))).filter(
    (name) => name > BEFORE_APPS_RAN_BESIDE,
  );
  const texts = await Promise.all(
    names.map((name) => readFile(new URL(`./migrations/${name}`, import.meta.url), 'utf8')),
  );
  const takesAway =
    /\b(drop (table|column)|(?<!alter index \w+ )rename|set not null|alter column \w+ (set data )?type)\b/i;
  expect(names.filter((_, index) => takesAway.test(texts[index] ?? ''))).toEqual([]);
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

test('a migration locks one table at most that apps write all the time: between two they would meet it in a deadlock', async () => {
  const { url, drop } = await freshDatabase();
  const db = open(url);
  const folder = new URL('./migrations/', import.meta.url);
  const locked: Record<string, string[]> = {};
  try {
    for (const name of (await readdir(folder)).sort()) {
      await db.transaction().execute(async (tx) => {
        const { rows: before } = await sql<{ oid: number }>`select oid from pg_class where relkind = 'r'`.execute(tx);
        await sql.raw(await readFile(new URL(name, folder), 'utf8')).execute(tx);
        const { rows } = await sql<{ table: string }>`
          select distinct relname as table from pg_locks join pg_class on pg_class.oid = relation
          where pid = pg_backend_pid() and relnamespace = 'public'::regnamespace and relation = any(${before.map(({ oid }) => oid)})
            and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`.execute(tx);
        locked[name] = rows.map(({ table }) => table).filter((table) => !SELDOM_WRITTEN.includes(table));
      });
    }
    const several = Object.entries(locked).filter(([, tables]) => tables.length > 1);
    expect(several.filter(([name]) => name > LOCKED_MORE_BEFORE)).toEqual([]);
    expect(several).not.toEqual([]);
  } finally {
    await db.destroy();
    await drop();
  }
});

test('a migration steps back while a table is taken, and runs once it is free', async () => {
  const { url, drop } = await freshDatabase();
  const db = open(url);
  const app = open(url);
  const watcher = open(url);
  const waits = async () => {
    const { rows } = await sql`
      select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(watcher);
    return rows.length > 0;
  };
  try {
    await migrate(db);
    await sql`delete from migrations where name = '0231-contents-of-families.sql'`.execute(db);
    await sql`drop index if exists document_families_contents`.execute(db);
    const held = Promise.withResolvers<void>();
    const holds = Promise.withResolvers<void>();
    const write = app.transaction().execute(async (tx) => {
      await sql`lock table document_families in row exclusive mode`.execute(tx);
      holds.resolve();
      await held.promise;
    });
    await holds.promise;
    const migrated = migrate(db);
    // It has tried, and does not stand in the way of those that write meanwhile.
    await waitFor(waits, { what: 'the migration to wait for the table' });
    await waitFor(async () => !(await waits()), { what: 'the migration to step back' });
    held.resolve();
    await write;
    expect(await migrated).toEqual(['0231-contents-of-families.sql']);
  } finally {
    await watcher.destroy();
    await app.destroy();
    await db.destroy();
    await drop();
  }
});
