/** What was found out about a system, to be judged. Times in ms. */
export interface Findings {
  /** Null: it does not answer. */
  redis: RedisFindings | null;
  postgres: PostgresFindings;
  /** The clock of the api against that of Postgres: positive when it is ahead. */
  apiAheadMs: number;
}

export interface RedisFindings {
  version: string;
  /** How it keeps what it holds when it ends; null where it does not say. */
  persistence: 'aof' | 'rdb' | 'none' | null;
  /** Null where it does not say. */
  evictionPolicy: string | null;
  usedBytes: number;
  /** 0: as much as the machine has. */
  maxBytes: number;
  /** Of its clock against the api's. */
  aheadMs: number;
  journalEntries: number;
  /** Facts that the record refused. */
  parkedFacts: number;
  unservedRuntimes: readonly { runtime: string; waiting: number }[];
}

export interface PostgresFindings {
  /** `server_version_num`. */
  version: number;
  missingMigrations: readonly string[];
  /** Those of a newer Gantry. */
  unknownMigrations: readonly string[];
  /** Somebody leads. */
  led: boolean;
  scheduleLagMs: number;
  /** Executions that wait in the record for a place in Redis. */
  requested: number;
  /** PENDING for more than five minutes: they should have been planned. */
  unplanned: number;
  /** Facts of a newer Gantry that no scheduler of its version has recorded yet. */
  factsSetAside: number;
  /** Unfinished, and nothing happened to them for an hour. */
  silent: number;
}

export const VERDICTS = ['ok', 'look', 'bad'] as const;

/** What was looked at, how it is, and where it is not well, what to do. */
export interface Diagnosis {
  check: string;
  verdict: (typeof VERDICTS)[number];
  found: string;
  advice: string | null;
}

const OLDEST_POSTGRES = 150_000;
const OLDEST_REDIS = 7;
const APART_MS = 2_000;
const MUCH_MEMORY = 0.8;
const LONG_JOURNAL = 10_000;
const LATE_MS = 60_000;

/** Judges everything that was found, in the order in which one would look. */
export function diagnose({ redis, postgres, apiAheadMs }: Findings): Diagnosis[] {
  return [
    ...ofPostgres(postgres),
    ...(redis === null ? [NO_REDIS] : ofRedis(redis)),
    ...ofClocks(apiAheadMs, redis),
    ...ofWork(postgres, redis),
  ];
}

const NO_REDIS: Diagnosis = {
  check: 'Redis',
  verdict: 'bad',
  found: 'it does not answer',
  advice: 'Events are taken and wait in Postgres. Start it, or correct REDIS_URL; what it lost is made anew.',
};

function ofPostgres(found: PostgresFindings): Diagnosis[] {
  const { version, missingMigrations: missing, unknownMigrations: unknown } = found;
  const major = Math.floor(version / 10_000);
  return [
    judge('Postgres version', `${major}`, version < OLDEST_POSTGRES && 'bad', 'Gantry needs Postgres 15 or newer.'),
    judge(
      'migrations',
      missing.length > 0
        ? `missing: ${missing.join(', ')}`
        : unknown.length > 0
          ? `of a newer version: ${unknown.join(', ')}`
          : 'all there',
      missing.length > 0 && 'bad',
      '`npm run migrate`, or start an app of this version.',
    ),
    judge(
      'leader',
      found.led ? 'a scheduler leads' : 'nobody leads',
      !found.led && 'bad',
      'Start a scheduler, or see in the log of those that run why they get no lease. Until then nothing is planned or recorded.',
    ),
  ];
}

function ofRedis(found: RedisFindings): Diagnosis[] {
  const { version, persistence, evictionPolicy: policy, usedBytes, maxBytes } = found;
  const share = maxBytes > 0 ? usedBytes / maxBytes : 0;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  return [
    judge(
      'Redis version',
      version,
      Number.parseInt(version, 10) < OLDEST_REDIS && 'bad',
      'Gantry needs Redis 7 or newer.',
    ),
    judge(
      'Redis persistence',
      persistence ?? 'it does not say',
      persistence === 'none' && 'look',
      'Nothing is lost without it, but after a restart all that is unfinished is planned again: set appendonly yes.',
    ),
    judge(
      'Redis eviction',
      policy ?? 'it does not say',
      policy !== null && policy !== 'noeviction' && 'bad',
      'Set maxmemory-policy noeviction: evicted keys are work that is done again.',
    ),
    judge(
      'Redis memory',
      maxBytes > 0 ? `${megabytes(usedBytes)} of ${megabytes(maxBytes)}` : `${megabytes(usedBytes)}, no limit`,
      share > MUCH_MEMORY && 'look',
      'Lower ADMISSION_LIMIT (about 10 KB for each execution), or give it more.',
    ),
  ];
}

function ofClocks(apiAheadMs: number, redis: RedisFindings | null): Diagnosis[] {
  const clocks = { 'this api': apiAheadMs, ...(redis && { Redis: apiAheadMs + redis.aheadMs }) };
  const apart = Object.entries(clocks).filter(([, ms]) => Math.abs(ms) > APART_MS);
  const text = Object.entries(clocks)
    .map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} s`)
    .join(', ');
  return [
    judge(
      'clocks, against that of Postgres',
      text,
      apart.length > 0 && 'look',
      'Run NTP on every machine: retention pauses while clocks are in doubt.',
    ),
  ];
}

function ofWork(postgres: PostgresFindings, redis: RedisFindings | null): Diagnosis[] {
  const { unplanned, silent, requested, scheduleLagMs, factsSetAside } = postgres;
  const inRedis = redis === null ? [] : ofQueues(redis);
  return [
    ...inRedis,
    judge(
      'waiting to be admitted',
      `${requested}`,
      requested > 0 && 'look',
      'More arrives than is worked off, or assistants are at their limit: add workers where runtimes wait.',
    ),
    judge(
      'waiting to be planned',
      `${unplanned} for more than 5 minutes`,
      unplanned > 0 && 'bad',
      'See the log of the leader: it plans again what is forgotten within a minute.',
    ),
    judge(
      'facts of a newer version',
      `${factsSetAside}`,
      factsSetAside > 0 && 'look',
      'Replace the schedulers by that version, too: they are recorded then.',
    ),
    judge(
      'unfinished and silent',
      `${silent} for more than an hour`,
      silent > 0 && 'look',
      'Long steps may be the reason; `gantry executions list --filter "status eq \'RUNNING\'" --sort createdOn` shows them.',
    ),
    judge(
      'schedules',
      `${Math.round(scheduleLagMs / 1_000)} s late`,
      scheduleLagMs > LATE_MS && 'bad',
      'A leader that works fires them late, one after the other; without a leader none fires.',
    ),
  ];
}

function ofQueues({ journalEntries, parkedFacts, unservedRuntimes }: RedisFindings): Diagnosis[] {
  const waiting = unservedRuntimes.filter((runtime) => runtime.waiting > 0);
  return [
    judge(
      'journal',
      `${journalEntries} entries to record`,
      journalEntries > LONG_JOURNAL && 'look',
      'Look at Postgres (disk, locks, autovacuum); at JOURNAL_LIMIT workers pause.',
    ),
    judge(
      'facts that could not be recorded',
      `${parkedFacts}`,
      parkedFacts > 0 && 'look',
      'The log of the scheduler has them with the reason. Restart their executions; report what kept them out.',
    ),
    judge(
      'runtimes without workers',
      waiting.map(({ runtime, waiting: slices }) => `${runtime} (${slices} slices)`).join(', ') ||
        'none that is waited for',
      waiting.length > 0 && 'bad',
      'Start workers whose WORKER_RUNTIMES names them, or has *.',
    ),
  ];
}

function judge(check: string, found: string, trouble: false | 'look' | 'bad', advice: string): Diagnosis {
  return trouble === false ? { check, verdict: 'ok', found, advice: null } : { check, verdict: trouble, found, advice };
}
