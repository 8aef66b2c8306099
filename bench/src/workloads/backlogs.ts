import { Redis } from 'ioredis';
import { Client } from 'pg';
import { type BacklogResult, measureBacklog } from '../backlog.ts';
import { startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

/** Of `REDIS_PREFIX`. */
const PREFIX = '{gantry}';

/** What arrives at once waits in the record; only so much of it is in Redis that the most urgent is always there. */
export const backlogs: Workload = {
  title: 'Events that all come at once, one no-op step each, with ten priorities (f)',
  async run({ backlogs }) {
    const rows: Record<string, Record<string, string | number>> = {};
    let first: number | undefined;
    for (const events of backlogs) {
      const { result, postgresBytes } = await measure(events);
      first ??= result.perSecond;
      rows[`${events.toLocaleString('en')} events`] = {
        'accepted, /s': Math.round(result.acceptedPerSecond),
        'executions, /s': Math.round(result.perSecond),
        'beside the first': (result.perSecond / first).toFixed(2),
        'Redis before, MB': megabytes(result.memory.before),
        'at most, MB': megabytes(result.memory.peak),
        'afterwards, MB': megabytes(result.memory.after),
        'jobs at most': result.jobsPeak,
        'journal at most': result.journalPeak,
        'Postgres, KB an execution': (postgresBytes / events / 1_024).toFixed(1),
        'out of order by priority': result.inversions.priority,
        'by age': result.inversions.age,
      };
    }
    return {
      rows,
      notes: ['Out of order: started later than one that should have come after it. Each row has servers of its own.'],
    };
  },
};

async function measure(events: number): Promise<{ result: BacklogResult; postgresBytes: number }> {
  await using servers = await startServers();
  await using gantry = await startGantry(servers);
  const redis = new Redis(servers.redis.url);
  const postgres = new Client({ connectionString: servers.postgres.url });
  await postgres.connect();
  try {
    const before = await databaseBytes(postgres);
    const result = await measureBacklog({ client: gantry.client, redis, prefix: PREFIX, events });
    return { result, postgresBytes: (await databaseBytes(postgres)) - before };
  } finally {
    redis.disconnect();
    await postgres.end();
  }
}

async function databaseBytes(postgres: Client): Promise<number> {
  const { rows } = await postgres.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
  return Number(rows[0]?.bytes);
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
