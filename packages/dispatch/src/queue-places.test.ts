import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDispatch, sliceJob } from '../test/fresh-dispatch.ts';
import { QueuePlaces } from './queue-places.ts';
import { RuntimeRegistry } from './runtime-registry.ts';
import { SliceQueue } from './slice-queue.ts';

let dispatch: Awaited<ReturnType<typeof freshDispatch>>;
beforeAll(async () => {
  dispatch = await freshDispatch();
});
afterAll(() => dispatch.close());

test('the place of a slice counts those that are more urgent or came earlier', async () => {
  const queue = new SliceQueue(dispatch.shards);
  const jobs = [5, 5, 900].map((priority) => sliceJob({ priority }));
  for (const job of jobs) await queue.add([job]);
  const absent = sliceJob({});
  const places = new QueuePlaces(dispatch.shards);
  const slices = [...jobs, absent].map((job) => ({ ...job, runtime: 'gantry/default' }));
  const placed = (served: boolean) => [1, 2, 0, null].map((before) => ({ before, served }));
  expect(await places.before(slices)).toEqual(placed(false));
  await new RuntimeRegistry(dispatch.shards).announce(['gantry/default']);
  expect(await places.before(slices)).toEqual(placed(true));
});
