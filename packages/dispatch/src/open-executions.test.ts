import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDispatch, opened, openedFields, plannedFact } from '../test/fresh-dispatch.ts';
import { openExecutions } from './open-executions.ts';
import { runtimeQueueName } from './queue-names.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
beforeAll(async () => {
  dispatch = await freshDispatch();
});
afterAll(() => dispatch.close());

const FOR_EVER = -1;

async function open(planned = plannedFact(), term = 1) {
  const { redis, keys, stateOf } = dispatch;
  await redis.del(keys.journal);
  const openings = await openExecutions(dispatch.shards, [opened(planned)], term);
  const opening = openings === 'deposed' ? openings : openings[0];
  return { opening, ...(await stateOf(planned.executionId)), journal: await dispatch.journal() };
}

/** The executions whose slices wait for a runtime, in the order in which they will be taken. */
async function waitingFor(runtime: string): Promise<string[]> {
  const jobs = await dispatch.queues.get(runtimeQueueName(runtime)).getJobs(['prioritized'], 0, -1, true);
  return jobs.map((job) => job.data.executionId);
}

test('opening gives the permission at the first step of the plan, reports the plan and notes its runtimes', async () => {
  const planned = plannedFact();
  expect(await open(planned)).toEqual({
    opening: 'opened',
    fields: openedFields(),
    ttlMs: FOR_EVER,
    journal: [planned],
  });
  expect(await dispatch.redis.smembers(dispatch.keys.runtimes).then((names) => names.sort())).toEqual([
    'acme/gpu',
    'gantry/default',
  ]);
});

test('a plan of the steps that are left begins at the first of them', async () => {
  const planned = plannedFact({ epoch: 3, slices: [{ runtime: 'acme/gpu', firstStep: 4, stepCount: 2 }] });
  const { opening, fields } = await open(planned);
  expect({ opening, fields }).toEqual({
    opening: 'opened',
    fields: openedFields({ epoch: '3', step: '4', runtime: 'acme/gpu' }),
  });
});

test('opening the same planning again leaves what its worker has made of it', async () => {
  const planned = plannedFact();
  const worked = openedFields({ leased: '1', lease: 'token', attempt: '1', lost: '1', step: '1', stepAttempt: '1' });
  await dispatch.seed(planned.executionId, worked);
  expect(await open(planned)).toEqual({ opening: 'exists', fields: worked, ttlMs: FOR_EVER, journal: [] });
});

test('a newer planning replaces an older one and nothing of the older one stays', async () => {
  const planned = plannedFact({ epoch: 2 });
  const older = { leased: '1', lease: 'token', attempt: '4', step: '1', output: '"x"', outputRef: '', outputId: 'y' };
  await dispatch.seed(planned.executionId, openedFields(older));
  await dispatch.redis.pexpire(dispatch.keys.execution(planned.executionId), 60_000);
  expect(await open(planned)).toEqual({
    opening: 'opened',
    fields: openedFields({ epoch: '2' }),
    ttlMs: FOR_EVER,
    journal: [planned],
  });
});

test('an older planning is stale', async () => {
  const planned = plannedFact({ epoch: 2 });
  await dispatch.seed(planned.executionId, openedFields({ epoch: '3' }));
  expect(await open(planned)).toMatchObject({ opening: 'stale', fields: openedFields({ epoch: '3' }), journal: [] });
});

test('what is closed or done stays so, whatever the epoch', async () => {
  for (const fields of [
    { epoch: '0', open: '0', leased: '0' },
    openedFields({ open: '0', leased: '1', lease: 'token' }),
    { epoch: '1', open: '0', leased: '0', done: '1' },
  ]) {
    for (const epoch of [1, 2]) {
      const planned = plannedFact({ epoch });
      await dispatch.seed(planned.executionId, fields);
      expect(await open(planned)).toMatchObject({ opening: 'closed', fields, journal: [] });
    }
  }
});

test('something else in the place of a permission makes room for it, and the others are opened and reported', async () => {
  const { redis, keys } = dispatch;
  const plans = [plannedFact(), plannedFact(), plannedFact()];
  await redis.del(keys.journal);
  await redis.set(keys.execution(plans[1]?.executionId ?? ''), 'x');
  expect(await openExecutions(dispatch.shards, plans.map(opened), 1)).toEqual(['opened', 'opened', 'opened']);
  expect(await dispatch.journal()).toEqual(plans);
});

test('their first slices wait for their runtimes in order, once; of what may not run nothing waits', async () => {
  const { seed, keys, redis } = dispatch;
  const runtimes = ['a/x', 'a/y', 'a/x', 'a/x', 'a/x'];
  const plans = runtimes.map((runtime) => plannedFact({ slices: [{ runtime, firstStep: 0, stepCount: 1 }] }));
  const [first, second, third, closed, stale] = plans.map(({ executionId }) => executionId);
  await seed(closed ?? '', { epoch: '0', open: '0', leased: '0' });
  await seed(stale ?? '', openedFields({ epoch: '2' }));
  const openings = ['closed', 'stale'];
  expect(await openExecutions(dispatch.shards, plans.map(opened), 1)).toEqual([
    ...Array(3).fill('opened'),
    ...openings,
  ]);
  expect([await waitingFor('a/x'), await waitingFor('a/y')]).toEqual([[first, third], [second]]);

  // Who planned them may not have heard so, and one of the jobs may have got lost since.
  await dispatch.queues.get(runtimeQueueName('a/x')).remove(`${first}.1.0`);
  expect(await openExecutions(dispatch.shards, plans.map(opened), 1)).toEqual([
    ...Array(3).fill('exists'),
    ...openings,
  ]);
  expect([await waitingFor('a/x'), await waitingFor('a/y')]).toEqual([[third, first], [second]]);

  await redis.set(keys.term, 2);
  expect(await openExecutions(dispatch.shards, plans.map(opened), 1)).toBe('deposed');
  await redis.del(keys.term);
});

test('with a queue whose keys are of another type nothing is written', async () => {
  const { redis, keys, queues } = dispatch;
  const queue = queues.get(runtimeQueueName('a/broken'));
  const plan = plannedFact({ slices: [{ runtime: 'a/broken', firstStep: 0, stepCount: 1 }] });
  await redis.del(keys.journal);
  for (const [type, value] of Object.entries({ prioritized: 'x', pc: 'x', marker: 'x', meta: 'x' })) {
    await redis.set(queue.toKey(type), value);
    await expect(openExecutions(dispatch.shards, [opened(plan)], 1)).rejects.toThrow('WRONGTYPE');
    expect([await dispatch.stateOf(plan.executionId), await dispatch.journal()]).toEqual([
      { fields: {}, ttlMs: -2 },
      [],
    ]);
    await redis.del(queue.toKey(type));
  }
});

test('more than a script takes are opened in their order', async () => {
  const plans = Array.from({ length: 450 }, () =>
    plannedFact({ slices: [{ runtime: 'a/many', firstStep: 0, stepCount: 1 }] }),
  );
  expect(await openExecutions(dispatch.shards, plans.map(opened), 1)).toEqual(Array(450).fill('opened'));
  expect(await waitingFor('a/many')).toEqual(plans.map(({ executionId }) => executionId));
});

test('only the planner of the newest term opens', async () => {
  const { redis, keys } = dispatch;
  await redis.set(keys.term, 7);
  expect(await open(plannedFact(), 6)).toMatchObject({ opening: 'deposed', fields: {}, journal: [] });
  expect(await open(plannedFact(), 7)).toMatchObject({ opening: 'opened' });
  expect(await open(plannedFact(), 8)).toMatchObject({ opening: 'opened' });
  await redis.del(keys.term);
});

test('a script that Redis forgot is sent again', async () => {
  await dispatch.redis.script('FLUSH');
  expect(await open()).toMatchObject({ opening: 'opened' });
});
