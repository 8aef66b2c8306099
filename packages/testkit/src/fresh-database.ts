import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { useServers } from './servers.ts';

export interface FreshDatabase {
  readonly url: string;
  /** Drops it, ending the connections that are still open. */
  drop(): Promise<void>;
}

/** Makes an empty database of a random name on the shared Postgres. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { databaseUrl } = useServers();
  const name = `gantry_test_${randomBytes(6).toString('hex')}`;
  await execute(databaseUrl, `CREATE DATABASE ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = name;
  return { url: url.href, drop: () => execute(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function execute(databaseUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
