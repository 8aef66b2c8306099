import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, withoutHurry } from '../connection/database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** Any number, the same in every app: only one of them migrates at a time. */
const LOCK = 7_269_417;

/** A migration waits no longer for a table than Postgres takes to find a deadlock (1 s): apps never pay for it. */
const LOCK_WAITS_MS = [100, 200, 400, 800];

const GIVE_UP_AFTER_MS = 120_000;

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

/**
 * Brings the database to the newest schema and returns the names of the migrations it ran. Every app calls it at start;
 * safe to run at the same time. Each runs in a transaction of its own, so that it locks little, and not for long, of what
 * apps of the version before are writing; one that finds a table taken steps back and tries again, for two minutes.
 */
export async function migrate(db: Database): Promise<string[]> {
  const ran: string[] = [];
  await withoutHurry(db, async () => {
    const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS;
    for (let tries = 0; ; ) {
      try {
        const name = await migrateOnce(db, LOCK_WAITS_MS[Math.min(tries, LOCK_WAITS_MS.length - 1)] ?? 0);
        if (name === undefined) return;
        ran.push(name);
        tries = 0;
      } catch (error) {
        if (!isTableTaken(error) || performance.now() > giveUpAtMs) throw error;
        tries += 1;
        await delay(Math.random() * 300);
      }
    }
  });
  return ran;
}

/** Runs the next migration, if there is one. */
function migrateOnce(db: Database, lockWaitMs: number): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    // An index of a large table takes its time, and so does waiting for whoever makes it.
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local lock_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    await sql`create table if not exists migrations (name text primary key, ran_at timestamptz not null default now())`.execute(
      tx,
    );
    const [next] = await notYetRun(tx);
    if (next === undefined) return undefined;
    await sql`set local lock_timeout = ${sql.lit(lockWaitMs)}`.execute(tx);
    await sql.raw(await readFile(new URL(next, FOLDER), 'utf8')).execute(tx);
    await sql`insert into migrations (name) values (${next})`.execute(tx);
    return next;
  });
}

function isTableTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === LOCK_NOT_AVAILABLE || error.code === DEADLOCK);
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
