import { randomUUID } from 'node:crypto';
import type { ExecutionJob, SliceJob } from '@gantry/contracts/execution-job';
import { type Fact, type FactOf, factSchema } from '@gantry/domain/fact';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { connectWorker } from '../src/connect.ts';
import type { Opened } from '../src/open-executions.ts';
import { openShards } from '../src/shards.ts';

/** An instant that no test depends on. */
export const NOW = 1_764_000_000_123;

/** Dispatch on a Redis of its own, with ways to put any state into it and to read all of it back. */
export async function freshDispatch({ shards: count = 1, url }: { shards?: number; url?: string } = {}) {
  const fresh = await freshRedis();
  const place = url ?? fresh.url;
  const connect = () => connectWorker(place, () => {});
  const settings = { REDIS_URL: place, REDIS_PREFIX: fresh.prefix, REDIS_SHARDS: count };
  const shards = openShards(settings, connectWorker, () => {});
  const { redis, keys, queues } = shards.first;
  return {
    shards,
    redis,
    keys,
    queues,
    connect,
    /** Puts a permission as it would be at some point of an execution's life. */
    async seed(executionId: string, fields: Record<string, string>): Promise<void> {
      await redis.hset(keys.execution(executionId), fields);
    },
    /** All fields of the permission; `ttlMs` is -1 where it is kept for ever, -2 where there is none. */
    async stateOf(executionId: string): Promise<{ fields: Record<string, string>; ttlMs: number }> {
      const key = keys.execution(executionId);
      return { fields: await redis.hgetall(key), ttlMs: await redis.pttl(key) };
    },
    /** The facts of the journal, oldest first. Each is parsed as the recorder parses it. */
    async journal(): Promise<Fact[]> {
      const entries = await redis.xrange(keys.journal, '-', '+');
      return entries.flatMap(([, fields]) => factSchema.array().parse(JSON.parse(fields[1] ?? '')));
    },
    async close(): Promise<void> {
      await shards.close();
      await fresh.cleanup();
    },
  };
}

/** The permission of an execution that was just opened, with what a test wants different. */
export function openedFields(different: Record<string, string> = {}): Record<string, string> {
  return {
    ...{ epoch: '1', open: '1', slice: '0', runtime: 'gantry/default', leased: '0', attempt: '0', lost: '0' },
    ...{ step: '0', stepAttempt: '0', stepFailures: '0', stepCrashes: '0' },
    ...different,
  };
}

export function plannedFact(different: Partial<FactOf<'planned'>> = {}): FactOf<'planned'> {
  const slices = [
    { runtime: 'gantry/default', firstStep: 0, stepCount: 2 },
    { runtime: 'acme/gpu', firstStep: 2, stepCount: 1 },
  ];
  return { kind: 'planned', executionId: randomUUID(), epoch: 1, at: NOW, slices, ...different };
}

/** What the planner opens of a plan. */
export function opened(planned: FactOf<'planned'>): Opened {
  const { executionId, epoch, slices } = planned;
  return { planned, first: sliceJob({ executionId, epoch, slices }) };
}

const work = {
  organizationId: '0193a1b2-0000-7000-8000-000000000001',
  epoch: 1,
  priority: 5,
  context: {},
  parameters: {},
  documentFamily: null,
  contentObject: null,
  input: { output: null, outputRef: null, outputId: null },
};

export function executionJob(different: Partial<ExecutionJob> = {}): ExecutionJob {
  return { executionId: randomUUID(), ...work, steps: [{ ref: 'gantry/noop' }], firstStep: 0, ...different };
}

export function sliceJob(different: Partial<SliceJob> = {}): SliceJob {
  const metadata = { kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] } as const;
  const module = { orgSlug: 'gantry', slug: 'noop', version: '1.0.0', metadata };
  return {
    executionId: randomUUID(),
    ...work,
    slice: 0,
    slices: [{ runtime: 'gantry/default', firstStep: 0, stepCount: 1 }],
    steps: [{ ref: 'gantry/noop', module: { ...module, metadata: { ...metadata, options: [] } } }],
    ...different,
  };
}
