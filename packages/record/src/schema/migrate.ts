import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Database, withoutHurry } from '../connection/database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** Any number, the same in every app: only one of them migrates at a time. */
const LOCK = 7_269_417;

/**
 * Brings the database to the newest schema and returns the names of the migrations it ran. Every app calls it at start;
 * safe to run at the same time. All of them run in one transaction: a failure leaves the database as it was.
 */
export async function migrate(db: Database): Promise<string[]> {
  const run = async (tx: Database) => {
    // An index of a large table takes its time, and so does waiting for whoever makes it.
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local lock_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    await sql`create table if not exists migrations (name text primary key, ran_at timestamptz not null default now())`.execute(
      tx,
    );
    const pending = await notYetRun(tx);
    for (const name of pending) {
      await sql.raw(await readFile(new URL(name, FOLDER), 'utf8')).execute(tx);
      await sql`insert into migrations (name) values (${name})`.execute(tx);
    }
    return pending;
  };
  return withoutHurry(db, () => db.transaction().execute(run));
}

/** The migrations that the database lacks; changes nothing. */
export async function missingMigrations(db: Database): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('migrations') is not null as there`.execute(db);
  return rows[0]?.there ? notYetRun(db) : migrationFiles();
}

/** The migrations that the database has of a newer version of Gantry. */
export async function unknownMigrations(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  const known = new Set(await migrationFiles());
  return rows.map(({ name }) => name).filter((name) => !known.has(name));
}

async function notYetRun(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db);
  const done = new Set(rows.map((row) => row.name));
  return (await migrationFiles()).filter((name) => !done.has(name));
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
}
