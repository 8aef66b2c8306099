import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { GantryClient } from './gantry-client.ts';
import { countInversions } from './inversions.ts';

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

const BATCH = 1_000;
const BATCHES_AT_ONCE = 4;
const PRIORITIES = 10;
const LOOK_MS = 200;
/** The api enqueues a thousand at a time, several requests at once, and the admitter looks four times a second. */
const TOLERANCE = { underWayMs: 2_000, togetherMs: 100 };

/** Sends that many events with mixed priorities as fast as they are taken, waits until all have succeeded, and looks at Redis meanwhile. */
export async function measureBacklog({ client, redis, prefix, events }: Backlog): Promise<BacklogResult> {
  const projectId = await client.createProject('backlog');
  const assistantId = await client.createAssistant(projectId, 'BACKLOG', 1);
  await client.sendEvents(projectId, 'BACKLOG', 100);
  await client.waitForSuccesses(assistantId, 100);

  const before = await usedMemory(redis);
  const watch = watchRedis(redis, prefix);
  const begin = performance.now();
  let sent = 0;
  const lane = async () => {
    while (sent < events) {
      const first = sent;
      const count = Math.min(BATCH, events - first);
      sent += count;
      // Neighbours in a request differ, as they do in time.
      const priorities = Array.from({ length: count }, (_, index) => ((first + index) * 7) % PRIORITIES);
      await client.sendPrioritized(projectId, 'BACKLOG', priorities);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, lane));
  const acceptedPerSecond = events / ((performance.now() - begin) / 1_000);
  await client.waitForSuccesses(assistantId, events + 100, 2_000);
  const perSecond = events / ((performance.now() - begin) / 1_000);
  const { memory: peak, jobs: jobsPeak, journal: journalPeak } = await watch.stop();
  const after = await usedMemory(redis);
  const runs = (await client.runs(assistantId)).slice(0, events);
  return {
    acceptedPerSecond,
    perSecond,
    memory: { before, peak, after },
    jobsPeak,
    journalPeak,
    inversions: countInversions(runs, TOLERANCE),
  };
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
