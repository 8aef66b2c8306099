import { setTimeout as delay } from 'node:timers/promises';
import type { GantryClient } from '@gantry/client/gantry-client';
import type { Redis } from 'ioredis';
import { countInversions, type Run } from './inversions.ts';
import { Load } from './load.ts';

export interface BacklogResult {
  /** Events accepted a second. */
  acceptedPerSecond: number;
  /** Executions a second, from the first event to the last success. */
  perSecond: number;
  memory: { before: number; peak: number; after: number };
  /** Executions that were jobs in Redis at the same time, at most. */
  jobsPeak: number;
  /** Facts that were not recorded yet, at most. */
  journalPeak: number;
  inversions: { priority: number; age: number };
}

interface Backlog {
  client: GantryClient;
  redis: Redis;
  prefix: string;
  events: number;
}

const ARRAY = 1_000;
const WARM_UP = 100;
const PRIORITIES = 10;
const LOOK_MS = 200;
/** The api enqueues a thousand at a time, several requests at once, and the admitter looks four times a second. */
const TOLERANCE = { underWayMs: 2_000, togetherMs: 100 };

/** Sends that many events with mixed priorities as fast as they are taken, waits until all have succeeded, and looks at Redis meanwhile. */
export async function measureBacklog({ client, redis, prefix, events }: Backlog): Promise<BacklogResult> {
  const load = await Load.of(client, { steps: 1, shape: 'plain' });
  await load.sendArrays(WARM_UP);
  await load.untilDone();

  const before = await usedMemory(redis);
  const watch = watchRedis(redis, prefix);
  const begin = performance.now();
  const perSecondNow = () => events / ((performance.now() - begin) / 1_000);
  // Neighbours in a request differ, as they do in time.
  await load.sendArrays(events, { size: ARRAY, priorityOf: (index) => (index * 7) % PRIORITIES });
  const acceptedPerSecond = perSecondNow();
  await load.untilDone();
  const perSecond = perSecondNow();
  const { memory: peak, jobs: jobsPeak, journal: journalPeak } = await watch.stop();
  return {
    acceptedPerSecond,
    perSecond,
    memory: { before, peak, after: await usedMemory(redis) },
    jobsPeak,
    journalPeak,
    inversions: countInversions((await runsOf(client, load.assistantId)).slice(0, events), TOLERANCE),
  };
}

/** What is known of the order in which all executions of an assistant ran, those created last first. */
async function runsOf(client: GantryClient, assistantId: string): Promise<Run[]> {
  const runs: Run[] = [];
  const all = client.executions.iterate({
    filter: `assistantId eq '${assistantId}'`,
    sort: 'createdOn,desc',
    countTo: 1,
  });
  for await (const { priority, createdOn, pipeline } of all) {
    const startedAt = Date.parse(pipeline.steps[0]?.start ?? '');
    runs.push({ priority, createdAt: Date.parse(createdOn), startedAt });
  }
  return runs;
}

/** Looks again and again until stopped. @returns what says the most that was seen */
function watchRedis(redis: Redis, prefix: string) {
  const most = { memory: 0, jobs: 0, journal: 0 };
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const queues = ['executions', 'runtime.gantry.default'].map((queue) => `${prefix}:${queue}`);
      const waiting = await Promise.all(queues.map((queue) => redis.zcard(`${queue}:prioritized`)));
      const active = await Promise.all(queues.map((queue) => redis.llen(`${queue}:active`)));
      most.memory = Math.max(most.memory, await usedMemory(redis));
      most.journal = Math.max(most.journal, await redis.xlen(`${prefix}:journal`));
      most.jobs = Math.max(
        most.jobs,
        [...waiting, ...active].reduce((sum, count) => sum + count, 0),
      );
      await delay(LOOK_MS);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return most;
    },
  };
}

/** In bytes. */
async function usedMemory(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}
