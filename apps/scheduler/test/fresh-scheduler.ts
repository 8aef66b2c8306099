import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { Brake } from '@gantry/dispatch/brake';
import { ChangePublisher } from '@gantry/dispatch/change-publisher';
import { ChangeStream } from '@gantry/dispatch/change-stream';
import { CommitFollower } from '@gantry/dispatch/commit-follower';
import { connectSweeper, connectWorker, readyWithin } from '@gantry/dispatch/connect';
import { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import { JobPresence } from '@gantry/dispatch/job-presence';
import { Journal } from '@gantry/dispatch/journal';
import { Journals } from '@gantry/dispatch/journals';
import { EXECUTIONS_QUEUE, runtimeQueueName } from '@gantry/dispatch/queue-names';
import { SeenHistory } from '@gantry/dispatch/seen-history';
import { openShards } from '@gantry/dispatch/shards';
import { SliceQueue } from '@gantry/dispatch/slice-queue';
import { type Fact, type FactOf, factSchema } from '@gantry/domain/fact';
import type { StepDefinition } from '@gantry/domain/pipeline';
import { statusFromValue } from '@gantry/domain/status';
import { jsonb, openDatabase } from '@gantry/record/connection/database';
import { createExecution } from '@gantry/record/executions/create-execution';
import { acquireLeadership, type Leadership } from '@gantry/record/leader/leadership';
import { migrate } from '@gantry/record/schema/migrate';
import { createLogger } from '@gantry/service/logger';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { sql } from 'kysely';
import { sharedLookout } from '../src/lookout.ts';

const READY_MS = 10_000;

export const ORGANIZATION = '0193a1b2-0000-7000-8000-000000000001';

/** Of the modules there are: two runtimes, and one that is switched off. */
const MODULES = [
  { org_slug: 'gantry', slug: 'noop', runtime: 'gantry/default', active: true },
  { org_slug: 'acme', slug: 'reader', runtime: 'acme/gpu', active: true },
  { org_slug: 'acme', slug: 'asleep', runtime: 'gantry/default', active: false },
];

/** What the scheduler works with, on a Redis and a Postgres of its own, and ways to look at what it did. */
export async function freshScheduler(shardCount = 1) {
  const [redisPlace, databasePlace] = await Promise.all([freshRedis(), freshDatabase()]);
  const openDb = () =>
    openDatabase({ url: databasePlace.url, poolSize: 8, name: 'gantry-test', onIdleError: () => {} });
  const settings = { REDIS_URL: redisPlace.url, REDIS_PREFIX: redisPlace.prefix, REDIS_SHARDS: shardCount };
  const shards = openShards(settings, connectSweeper, () => {});
  const journalShards = openShards(settings, connectSweeper, () => {});
  const plannerShards = openShards(settings, connectWorker, () => {});
  const opened = [shards, journalShards, plannerShards];
  for (const { redis } of opened.flatMap(({ all }) => [...all])) await readyWithin(redis, READY_MS);
  const db = openDb();
  const { redis, keys, queues } = shards.first;
  const log: string[] = [];
  const logger = createLogger({ name: 'scheduler', level: 'debug' }, toLines(log));
  await migrate(db);
  for (const { runtime, ...module } of MODULES) {
    await db
      .insertInto('modules')
      .values({
        ...{ ...module, id: randomUUID(), organization_id: null, version: '1.0.0', name: module.slug },
        ...{ description: null, module_type: 'TRANSFORM' },
        metadata: jsonb({ kind: 'node', moduleRuntimeRef: runtime, options: [] }),
      })
      .execute();
  }
  const executions = new ExecutionQueue(shards);
  const permissions = new ExecutionPermissions(shards);
  const brake = new Brake(shards);
  const publisher = new ChangePublisher(new ChangeStream(redis, keys), () => {});
  const commits = new CommitFollower({ executions, permissions, brake, publisher, onLate: () => {} });
  const parts = {
    ...{ db, redis, shards, journalShards, plannerShards, keys, logger },
    shard: plannerShards.first,
    ...{ executions, permissions, brake, commits },
    slices: new SliceQueue(shards),
    jobs: new JobPresence(shards),
    journal: new Journal(journalShards.first.redis, keys),
    journals: new Journals(shards),
    seen: new SeenHistory(shards),
    lookout: { look: () => sharedLookout(db).look() },
  };
  /** An execution as the record has it, its steps with it. */
  const recorded = async (executionId: string) => {
    const row = await db.selectFrom('executions').selectAll().where('id', '=', executionId).executeTakeFirstOrThrow();
    const steps = await db
      .selectFrom('execution_steps')
      .selectAll()
      .where('execution_id', '=', executionId)
      .orderBy('ordinal')
      .execute();
    return { ...row, status: statusFromValue(row.status), steps };
  };

  return {
    ...parts,
    queues,
    log,
    openDb,

    /** Makes it as it was at first: for the next test of a file. */
    async reset(): Promise<void> {
      log.length = 0;
      await redis.flushdb();
      await sql`truncate executions cascade`.execute(db);
    },

    /** Leads until somebody else is made to. */
    async lead(): Promise<Leadership> {
      await sql`update leader set expires_at = '-infinity'`.execute(db);
      const leadership = await acquireLeadership(db, randomUUID());
      await sql`update leader set expires_at = 'infinity'`.execute(db);
      if (leadership === undefined) throw new Error('somebody else leads');
      return leadership;
    },

    /** A PENDING execution of these steps that nobody has enqueued. */
    async create(refs: (string | StepDefinition)[] = ['gantry/noop'], priority = 5): Promise<ExecutionJob> {
      const { after } = await createExecution(db, {
        ...{ organizationId: ORGANIZATION, projectId: null, assistantId: null },
        pipeline: { steps: refs.map((step) => (typeof step === 'string' ? { ref: step } : step)) },
        ...{ priority, context: {}, parameters: {}, description: null, traceparent: null, now: new Date() },
      });
      const [job] = after.enqueue;
      if (job === undefined) throw new Error('not created');
      return job;
    },

    recorded,

    statusOf: async (executionId: string) => (await recorded(executionId)).status,

    /** Makes the reconciler take all executions for settled. */
    async settle(): Promise<void> {
      await sql`update executions set updated_at = now() - interval '1 minute'`.execute(db);
    },

    /** Puts facts onto the journal, or any text. */
    async report(...facts: (Fact | string)[]): Promise<void> {
      for (const fact of facts) {
        await redis.xadd(keys.journal, '*', 'facts', typeof fact === 'string' ? fact : JSON.stringify([fact]));
      }
    },

    async journaled(): Promise<Fact[]> {
      const entries = await redis.xrange(keys.journal, '-', '+');
      return entries.flatMap(([, fields]) => factSchema.array().parse(JSON.parse(fields[1] ?? '')));
    },

    async parked(): Promise<{ fact: string; reason: string }[]> {
      return (await redis.lrange(keys.parked, 0, -1)).map((text) => JSON.parse(text));
    },

    /** The jobs that wait in a queue, in the order in which they will be taken. */
    async waiting(runtime?: string): Promise<ExecutionJob[]> {
      const queue = queues.get(runtime === undefined ? EXECUTIONS_QUEUE : runtimeQueueName(runtime));
      const jobs = await queue.getJobs(['prioritized'], 0, -1, true);
      return jobs.flatMap(({ data }) => data.executions ?? data);
    },

    permissionOf: (executionId: string) => redis.hgetall(keys.execution(executionId)),

    async close(): Promise<void> {
      for (const some of opened) await some.close();
      await db.destroy();
      await Promise.all([redisPlace.cleanup(), databasePlace.drop()]);
    },
  };
}

export type FreshScheduler = Awaited<ReturnType<typeof freshScheduler>>;

const AT = 1_764_000_000_000;

/** The facts of the first planning of an execution with one slice, as planner and worker report them. */
export function factsOf(executionId: string, stepCount = 1) {
  const about = { executionId, epoch: 1, at: AT };
  const bySlice = { ...about, slice: 0, attempt: 1, stepAttempt: 1 };
  return {
    planned: {
      ...{ kind: 'planned', ...about, slices: [{ runtime: 'gantry/default', firstStep: 0, stepCount }] },
    } satisfies FactOf<'planned'>,
    started: {
      ...{ kind: 'step-started', ...bySlice, seq: 0, step: 0, workerId: 'worker' },
    } satisfies FactOf<'step-started'>,
    stopped: { kind: 'stopped', ...about } satisfies FactOf<'stopped'>,
    finished: (step: number, different: Partial<FactOf<'step-finished'>> = {}): FactOf<'step-finished'> => ({
      ...{ kind: 'step-finished', ...bySlice, seq: step + 1, step, workerId: 'worker', status: 'SUCCEEDED' },
      ...{ output: { step }, outputRef: null, outputId: null, error: null, emitted: [] },
      nextStep: step + 1 < stepCount ? step + 1 : null,
      ...different,
    }),
  };
}

function toLines(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
