import { TURN_IN, toQueuePriority } from '@gantry/domain/priority';
import { expect, onTestFinished, test } from 'vitest';
import { freshDispatch, NOW, sliceJob } from '../test/fresh-dispatch.ts';
import { JobSwap } from './job-swap.ts';
import { PassedOver } from './passed-over.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName, sliceJobId } from './queue-names.ts';
import { SliceQueue } from './slice-queue.ts';

const RUNTIME = 'gantry/default';
const QUEUE = runtimeQueueName(RUNTIME);
const PATIENCE_MS = 60_000;
const LATE = NOW - PATIENCE_MS - 1_000;

async function fresh(shards = 1) {
  const dispatch = await freshDispatch({ shards });
  onTestFinished(dispatch.close);
  await Promise.all(dispatch.shards.all.map(({ redis, keys }) => redis.sadd(keys.runtimes, RUNTIME)));
  const turns = new PassedOver(dispatch.shards);
  return {
    ...dispatch,
    /** Slices of a priority that have waited since an instant, in order. @returns their executions */
    async wait(priority: number, count: number, since: number): Promise<string[]> {
      const jobs = Array.from({ length: count }, () => sliceJob({ priority }));
      await new SliceQueue(dispatch.shards).add(jobs);
      for (const [index, { executionId, epoch, slice }] of jobs.entries()) {
        const { redis, queues } = dispatch.shards.of(executionId);
        await redis.hset(queues.get(QUEUE).toKey(sliceJobId(executionId, epoch, slice)), 'timestamp', since + index);
      }
      return jobs.map(({ executionId }) => executionId);
    },
    /** Takes the next ones, as a worker does. @returns their executions */
    async take(wanted: number): Promise<string[]> {
      const toKey = (type: string) => dispatch.queues.get(QUEUE).toKey(type);
      const swap = new JobSwap({ redis: dispatch.redis, toKey, lockMs: 60_000, slots: 1 });
      const jobs = await swap.swap({ token: 't', ended: [], givenBack: [], wanted });
      return jobs.map(({ data }) => (data as { executionId: string }).executionId);
    },
    giveTurns: (by = turns) => by.giveTurns(PATIENCE_MS, NOW),
  };
}

test('what waits too long behind more urgent work is taken first, and what is fresh waits for its turn', async () => {
  const { wait, take, giveTurns } = await fresh();
  const urgent = await wait(9, 3, NOW);
  const [late] = await wait(1, 3, LATE);
  const usual = await wait(5, 1, NOW - PATIENCE_MS + 1_000);
  await giveTurns();
  expect(await take(3)).toEqual([late, urgent[0], urgent[1]]);
  expect((await take(9)).slice(0, 2)).toEqual([urgent[2], usual[0]]);
});

test('of all that waits too long one in eight is the oldest, the others keep their order', async () => {
  const { wait, take, giveTurns } = await fresh();
  const urgent = await wait(9, 40, LATE - 3_600_000);
  const scheduled = await wait(1, 20, LATE - 1_000);
  await wait(5, 20, LATE - 500);
  const taken: string[] = [];
  for (let round = 0; round < 40; round += 1) {
    await giveTurns();
    taken.push(...(await take(1)));
  }
  const passed = taken.filter((id) => !urgent.includes(id));
  expect(passed).toEqual(scheduled.slice(0, 40 / TURN_IN));
  expect(taken.filter((id) => urgent.includes(id))).toEqual(urgent.slice(0, 35));
});

test('a look after many were taken makes up for all of them, by age among what is less urgent', async () => {
  const { wait, take, giveTurns } = await fresh();
  const urgent = await wait(9, 4 * TURN_IN, LATE);
  await giveTurns();
  for (let turn = 0; turn < 2; turn += 1) await take(TURN_IN);
  const [first] = await wait(1, 1, LATE - 3_000);
  const [second] = await wait(5, 1, LATE - 2_000);
  const [third] = await wait(0, 2, LATE - 1_000);
  await giveTurns();
  expect(await take(4)).toEqual([first, second, third, urgent[2 * TURN_IN]]);
});

test('looking again and again, or from two leaders at once, puts no more to the front than turns were due', async () => {
  const { wait, take, giveTurns, shards } = await fresh();
  const urgent = await wait(9, 5, NOW);
  const late = await wait(1, 5, LATE);
  const others = [new PassedOver(shards), new PassedOver(shards)];
  await Promise.all(others.map((by) => giveTurns(by)));
  for (let look = 0; look < 5; look += 1) await Promise.all(others.map((by) => giveTurns(by)));
  expect(await take(10)).toEqual([late[0], late[1], ...urgent, ...late.slice(2)]);
});

test('what was given back after its turn keeps its place in front', async () => {
  const { wait, take, giveTurns, redis, queues } = await fresh();
  await wait(9, 2, NOW);
  const [late] = await wait(1, 1, LATE);
  await giveTurns();
  const swap = new JobSwap({ redis, toKey: (type) => queues.get(QUEUE).toKey(type), lockMs: 60_000, slots: 1 });
  const givenBack = await swap.swap({ token: 'back', ended: [], givenBack: [], wanted: 2 });
  await swap.swap({ token: 'back', ended: [], givenBack, wanted: 0 });
  expect((await take(1))[0]).toBe(late);
});

test('turns are given in every shard, and to what waits for a planner', async () => {
  const { shards, giveTurns } = await fresh(3);
  const queued = shards.all.flatMap((shard) => [QUEUE, EXECUTIONS_QUEUE].map((name) => ({ ...shard, name })));
  for (const { redis, queues, name } of queued) {
    const job = (id: string, priority: number) => ({ id, name, priority: toQueuePriority(priority), data: {} });
    await queues.add(name, [job('urgent', 9), job('late', 1)]);
    await redis.hset(queues.get(name).toKey('late'), 'timestamp', LATE);
  }
  await giveTurns();
  for (const { redis, queues, name } of queued) {
    expect(await redis.zrange(queues.get(name).toKey('prioritized'), 0, -1)).toEqual(['late', 'urgent']);
  }
});

test('a queue where nothing waits, or all is as urgent, stays as it is', async () => {
  const { wait, take, giveTurns, redis, queues } = await fresh();
  await giveTurns();
  expect(await redis.exists(queues.get(QUEUE).toKey('prioritized'))).toBe(0);
  const ids = await wait(5, 4, LATE);
  const before = await redis.zrange(queues.get(QUEUE).toKey('prioritized'), 0, -1, 'WITHSCORES');
  await giveTurns();
  expect(await redis.zrange(queues.get(QUEUE).toKey('prioritized'), 0, -1, 'WITHSCORES')).toEqual(before);
  expect(await take(4)).toEqual(ids);
});
