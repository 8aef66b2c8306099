import pg from 'pg';
import type { BreakableServer } from './breakable-server.ts';

/** A copy of the database of a system, as a dump is one, made while the system is at work. */
export class PostgresCopy {
  readonly #server: BreakableServer;
  readonly #name: string;

  private constructor(server: BreakableServer, name: string) {
    this.#server = server;
    this.#name = name;
  }

  static async take(server: BreakableServer): Promise<PostgresCopy> {
    const copy = new PostgresCopy(server, new URL(server.directUrl).pathname.slice(1));
    await copy.#alone((client, name) => client.query(`create database ${name}_copy template ${name}`));
    return copy;
  }

  /** Puts it in the place of the database, which is as it was when the copy was taken. */
  async restore(): Promise<void> {
    await this.#alone(async (client, name) => {
      await client.query(`alter database ${name} rename to ${name}_lost`);
      await client.query(`alter database ${name}_copy rename to ${name}`);
      await client.query(`drop database ${name}_lost`);
    });
  }

  /** Nobody is connected to the database meanwhile. */
  async #alone(work: (client: pg.Client, name: string) => Promise<unknown>): Promise<void> {
    const { network, directUrl } = this.#server;
    const url = new URL(directUrl);
    url.pathname = 'template1';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    network.refuse();
    try {
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [this.#name]);
      await work(client, pg.escapeIdentifier(this.#name).slice(1, -1));
    } finally {
      network.heal();
      await client.end();
    }
  }
}

/** Does something as a client of the database of the system that goes its own way to it. */
export async function withPostgres<T>(server: BreakableServer, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server.directUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
