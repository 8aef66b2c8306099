import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { freshDispatch, sliceJob } from '../test/fresh-dispatch.ts';
import { JobSwap } from './job-swap.ts';
import { type JobEnd, JobWorker, type JobWorkerOptions } from './job-worker.ts';
import { runtimeQueueName } from './queue-names.ts';
import { SliceQueue } from './slice-queue.ts';

const QUEUE = runtimeQueueName('gantry/default');
const OVER: JobEnd = { kind: 'over' };

/** A queue with slices of these priorities, and a worker that notes which it takes, in order. */
async function queueOf(priorities: readonly number[]) {
  const dispatch = await freshDispatch();
  onTestFinished(dispatch.close);
  const jobs = priorities.map((priority) => sliceJob({ priority }));
  await new SliceQueue(dispatch.shards).add(jobs);
  const queue = dispatch.queues.get(QUEUE);
  const taken: string[] = [];
  const work = (process: JobWorkerOptions['process'] = async () => OVER, concurrency = 1) => {
    const worker = new JobWorker({
      ...{ redis: dispatch.redis, keys: dispatch.keys, queue: QUEUE, concurrency, quick: true, onError: () => {} },
      process: (job, leaveSlot) => {
        taken.push((job.data as { executionId: string }).executionId);
        return process(job, leaveSlot);
      },
    });
    return worker;
  };
  const waiting = () => queue.getJobCountByTypes('prioritized', 'wait', 'active');
  return { ...dispatch, jobs, ids: jobs.map(({ executionId }) => executionId), queue, taken, work, waiting };
}

test('quick jobs are taken once each, the most urgent first, and nothing is left of them', async () => {
  const { jobs, taken, work, waiting, redis, keys } = await queueOf(
    Array.from({ length: 200 }, (_, index) => (index * 7) % 10),
  );
  const worker = work();
  await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
  await worker.close();
  const expected = jobs.toSorted((a, b) => b.priority - a.priority).map(({ executionId }) => executionId);
  expect(taken).toEqual(expected);
  expect(await redis.keys(`${keys.prefix}:${QUEUE}:*:lock`)).toEqual([]);
});

test('what waits behind a job that takes its time goes back to where it was, for others', async () => {
  const { ids, taken, work, waiting } = await queueOf(Array.from({ length: 30 }, () => 1));
  const gate = Promise.withResolvers<JobEnd>();
  let begun = 0;
  const slow = work(() => (++begun === 4 ? gate.promise : Promise.resolve(OVER)));
  await expect.poll(() => begun).toBe(4);
  const other = work();
  await expect.poll(waiting, { timeout: 10_000 }).toBeLessThanOrEqual(2);
  gate.resolve(OVER);
  await Promise.all([slow.close(), other.close()]);
  expect(taken.toSorted()).toEqual(ids.toSorted());
});

test('a job that has left its slot makes room for the next one, and ends by itself', async () => {
  const { ids, taken, work, waiting } = await queueOf([1, 1, 1, 1]);
  const gate = Promise.withResolvers<JobEnd>();
  let begun = 0;
  const worker = work((_, leaveSlot) => {
    begun += 1;
    if (begun !== 2) return Promise.resolve(OVER);
    leaveSlot();
    return gate.promise;
  });
  await expect.poll(() => taken).toHaveLength(4);
  gate.resolve(OVER);
  await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
  await worker.close();
  expect(taken).toEqual(ids);
});

test('a job that takes longer than its lock lasts is kept, and ends', async () => {
  const { taken, ids, work, waiting } = await queueOf([1, 1, 1, 1]);
  let begun = 0;
  const slow = work(async () => (++begun === 3 ? delay(5_500, OVER) : OVER));
  await expect.poll(() => begun).toBe(3);
  const other = work();
  await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
  await Promise.all([slow.close(), other.close()]);
  expect(taken.toSorted()).toEqual(ids.toSorted());
}, 20_000);

test('what a lost worker had in hand is given to another one', async () => {
  const { ids, queue, redis, taken, work, waiting } = await queueOf([1, 1, 1, 1]);
  const lost = new JobSwap({ redis, toKey: (type) => queue.toKey(type), lockMs: 300, slots: 1 });
  expect(await lost.swap({ token: 'lost', ended: [], givenBack: [], wanted: 3 })).toHaveLength(3);
  const worker = work();
  await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
  await worker.close();
  expect(taken.toSorted()).toEqual(ids.toSorted());
  // Nor does the lost one end them, should it come back.
  expect(await lost.swap({ token: 'lost', ended: ids, givenBack: [], wanted: 1 })).toEqual([]);
});

test('a quick job that is put back is taken again when it is due', async () => {
  const { ids, taken, work, queue } = await queueOf([1, 1, 1]);
  let begun = 0;
  const worker = work(async () => (++begun === 2 ? { kind: 'put-back', at: Date.now() + 300 } : OVER));
  await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(4);
  await worker.close();
  expect(taken).toEqual([ids[0], ids[1], ids[2], ids[1]]);
  expect(await queue.getFailedCount()).toBe(0);
});
