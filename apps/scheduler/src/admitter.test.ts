import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../test/fresh-scheduler.ts';
import { admitter } from './admitter.ts';
import { Planner } from './planner/planner.ts';

const LIMIT = 20;

let scheduler: FreshScheduler;
let runtimes: RuntimeRegistry;
beforeAll(async () => {
  scheduler = await freshScheduler();
  runtimes = new RuntimeRegistry(scheduler.shards);
});
beforeEach(async () => {
  await scheduler.reset();
  await sql`update admission set open = true`.execute(scheduler.db);
});
afterAll(() => scheduler.close());

/** An admitter and a planner at work. @param planned what is waited for before anybody is admitted */
async function startAdmitting(planned: () => Promise<boolean> = async () => true): Promise<void> {
  const leadership = await scheduler.lead();
  const planner = new Planner({ ...scheduler, term: leadership.term, concurrency: 200 });
  const admitting = admitter({ ...scheduler, leadership, runtimes, limit: LIMIT });
  onTestFinished(async () => {
    await admitting.stop();
    await planner.stop();
  });
  await planner.start();
  await waitFor(planned);
  await admitting.start();
}

/** Executions that came while the door was closed. */
async function requested(count: number, ref: string, priority = 5): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await scheduler.create([ref], priority)).executionId);
  await sql`update executions set status = 4 where id = any(${ids})`.execute(scheduler.db);
  return ids;
}

const planned = async (runtime: string) => (await scheduler.waiting(runtime)).map(({ executionId }) => executionId);
const finish = (ids: readonly string[]) =>
  sql`update executions set status = 2 where id = any(${ids})`.execute(scheduler.db);

test('what was requested comes into the queue by priority, then age, as far as the limit goes', async () => {
  const low = await requested(15, 'gantry/noop', 1);
  const high = await requested(10, 'gantry/noop', 9);
  await runtimes.announce(['gantry/default']);
  await startAdmitting();
  await waitFor(async () => (await planned('gantry/default')).length === LIMIT);
  expect(await planned('gantry/default')).toEqual([...high, ...low.slice(0, 10)]);
  await finish(high);
  await waitFor(async () => (await planned('gantry/default')).length === LIMIT + 5);
  expect((await planned('gantry/default')).slice(-5)).toEqual(low.slice(10));
});

test('executions that flooded in for a runtime without workers leave places to the others', async () => {
  const flood = await Promise.all(Array.from({ length: LIMIT }, () => scheduler.create(['acme/reader'], 1_000)));
  await scheduler.executions.add(flood);
  const more = await requested(5, 'acme/reader', 1_000);
  const others = await requested(15, 'gantry/noop');
  await runtimes.announce(['gantry/default']);
  await startAdmitting(async () => (await planned('acme/gpu')).length === LIMIT);
  await waitFor(async () => (await planned('gantry/default')).length === LIMIT / 2);
  expect(await planned('gantry/default')).toEqual(others.slice(0, LIMIT / 2));
  await finish(others.slice(0, LIMIT / 2));
  await waitFor(async () => (await planned('gantry/default')).length === 15);

  await runtimes.announce(['acme/gpu']);
  await finish(flood.map(({ executionId }) => executionId));
  await waitFor(async () => (await planned('acme/gpu')).length === LIMIT + more.length);
  expect((await planned('acme/gpu')).slice(LIMIT)).toEqual(more);
});
