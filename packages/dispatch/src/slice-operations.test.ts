import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freshDispatch, NOW, openedFields } from '../test/fresh-dispatch.ts';
import { type Lease, SliceLeases } from './slice-lease.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
let leases: SliceLeases;
beforeAll(async () => {
  dispatch = await freshDispatch();
  leases = new SliceLeases(dispatch.shards);
});
beforeEach(() => dispatch.redis.flushdb());
afterAll(() => dispatch.close());

async function opened(): Promise<Lease> {
  const executionId = randomUUID();
  // Leased before: the script itself reports that it starts.
  await dispatch.seed(executionId, openedFields({ attempt: '1' }));
  return { executionId, epoch: 1, slice: 0, token: 'mine' };
}

const start = (lease: Lease) => leases.start(lease, 'worker-1', NOW);

test('slices that start at the same time share one script and one entry of the journal', async () => {
  const several = await Promise.all(Array.from({ length: 20 }, opened));
  const started = await Promise.all(several.map(start));
  expect(started.map(({ kind }) => kind)).toEqual(several.map(() => 'started'));
  expect(await dispatch.redis.xlen(dispatch.keys.journal)).toBe(1);
  const told = (await dispatch.journal()).map(({ executionId }) => executionId);
  expect(told).toEqual(several.map(({ executionId }) => executionId));
});

test('what does not fit into one script goes in the next ones', async () => {
  const several = await Promise.all(Array.from({ length: 250 }, opened));
  expect(await Promise.all(several.map(start))).toHaveLength(250);
  expect(await dispatch.redis.xlen(dispatch.keys.journal)).toBe(3);
  expect(await dispatch.journal()).toHaveLength(250);
});

test('an operation on what is no permission fails alone', async () => {
  const [first, broken, last] = [await opened(), await opened(), await opened()];
  await dispatch.redis.set(dispatch.keys.execution(broken.executionId), 'no hash');
  const [one, two, three] = await Promise.allSettled([start(first), leases.keepCheckpoint(broken, 0, 1), start(last)]);
  expect(one).toMatchObject({ value: { kind: 'started' } });
  expect(two).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('WRONGTYPE') } });
  expect(three).toMatchObject({ value: { kind: 'started' } });
  expect((await dispatch.journal()).map(({ executionId }) => executionId)).toEqual([
    first.executionId,
    last.executionId,
  ]);
});

test('what is no permission lets no slice begin, and its job is dropped, as that of one that was lost', async () => {
  const broken = await opened();
  await dispatch.redis.set(dispatch.keys.execution(broken.executionId), 'no hash');
  expect(await start(broken)).toEqual({ kind: 'gone' });
});
