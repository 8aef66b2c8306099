import { randomUUID } from 'node:crypto';
import { connectSweeper, connectWorker } from '@gantry/dispatch/connect';
import { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { Shards } from '@gantry/dispatch/shards';
import { createAssistant } from '@gantry/record/assistants/create-assistant';
import { jsonb } from '@gantry/record/connection/database';
import { moduleKey } from '@gantry/record/modules/find-modules';
import { ensureOrganization } from '@gantry/record/organizations/ensure-organization';
import { createProject } from '@gantry/record/projects/create-project';
import { ownRedis } from '@gantry/testkit/own-servers';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../../test/fresh-scheduler.ts';
import { Planner } from './planner.ts';

let scheduler: FreshScheduler;
beforeAll(async () => {
  scheduler = await freshScheduler();
});
beforeEach(async () => {
  await scheduler.reset();
});
afterAll(() => scheduler.close());

const DEFAULT = 'gantry/default';

async function startPlanner(term = 1, concurrency = 200): Promise<Planner> {
  const planner = new Planner({ ...scheduler, term, concurrency });
  onTestFinished(() => planner.stop());
  await planner.start();
  return planner;
}

const ids = (jobs: readonly { executionId: string }[]) => jobs.map(({ executionId }) => executionId);

test.each([200, 7])(
  'executions come into the queue of their runtime by priority, then age, %i at a time',
  async (concurrency) => {
    const { create, executions, waiting } = scheduler;
    const jobs = await inOrder(200, (index) => create(['gantry/noop'], (index * 7919) % 10));
    await executions.add(jobs);
    await startPlanner(1, concurrency);
    await waitFor(async () => (await waiting(DEFAULT)).length === 200);
    expect(ids(await waiting(DEFAULT))).toEqual(ids(jobs.toSorted((a, b) => b.priority - a.priority)));
  },
);

test('an execution that is planned has a permission, a job with its modules, and a fact', async () => {
  const { create, executions, waiting, journaled, permissionOf } = scheduler;
  const job = await create([{ ref: 'acme/reader', options: { page: 1 } }, 'gantry/noop']);
  await executions.add([job]);
  await startPlanner();
  await waitFor(async () => (await waiting('acme/gpu')).length === 1);
  const slices = [
    { runtime: 'acme/gpu', firstStep: 0, stepCount: 1 },
    { runtime: DEFAULT, firstStep: 1, stepCount: 1 },
  ];
  const { executionId } = job;
  expect(await waiting('acme/gpu')).toMatchObject([
    {
      executionId,
      slice: 0,
      slices,
      steps: [{ options: { page: 1 }, module: { slug: 'reader' } }, { module: { slug: 'noop' } }],
    },
  ]);
  expect(await journaled()).toEqual([{ kind: 'planned', executionId, epoch: 1, at: expect.any(Number), slices }]);
  expect(await permissionOf(executionId)).toMatchObject({ epoch: '1', open: '1', runtime: 'acme/gpu', slice: '0' });
});

test.each([
  ['just now holds', 0, true, 'acme/seen'],
  ['a minute ago is looked at again', -60_000, true, DEFAULT],
  ['by a clock that is a minute ahead is looked at again', 60_000, true, DEFAULT],
  ['to be inactive is looked at again', 0, false, DEFAULT],
])('what whoever created an execution saw of its modules %s', async (_how, ago, active, runtime) => {
  const { create, executions, waiting } = scheduler;
  const [job, other] = [await create(), await create()];
  const seen = { orgSlug: 'gantry', slug: 'noop', version: '1.0.0', active };
  const metadata = { kind: 'node' as const, moduleRuntimeRef: 'acme/seen', options: [] };
  const name = moduleKey({ organizationId: job.organizationId, ...seen });
  await executions.add([{ ...job, modules: { at: Date.now() + ago, found: [[name, { ...seen, metadata }]] } }, other]);
  await startPlanner();
  await waitFor(async () => [...(await waiting(DEFAULT)), ...(await waiting('acme/seen'))].length === 2);
  expect(ids(await waiting(runtime))).toContain(job.executionId);
  expect(ids(await waiting(DEFAULT))).toContain(other.executionId);
});

test('what cannot be planned is reported and the others are planned', async () => {
  const { create, executions, waiting, journaled, permissionOf } = scheduler;
  const [unknown, outdated, usual, inactive] = [
    await create(['acme/nothing']),
    await create(['gantry/noop:0.0.9']),
    await create(),
    await create(['gantry/noop', 'acme/asleep']),
  ];
  const empty = await create([]);
  await executions.add([unknown, outdated, usual, inactive, empty]);
  await startPlanner();
  await waitFor(async () => (await journaled()).length === 5);
  const facts = new Map((await journaled()).map((fact) => [fact.executionId, fact]));
  expect(facts.get(unknown.executionId)).toMatchObject({
    kind: 'unplannable',
    error: { errorType: 'MODULE_NOT_FOUND' },
  });
  expect(facts.get(outdated.executionId)).toMatchObject({
    kind: 'unplannable',
    error: { message: 'There is no version 0.0.9 of gantry/noop.', advice: expect.stringContaining('newest: 1.0.0.') },
  });
  expect(facts.get(inactive.executionId)).toMatchObject({
    kind: 'unplannable',
    error: { errorType: 'MODULE_INACTIVE' },
  });
  expect(facts.get(empty.executionId)).toMatchObject({ kind: 'planned', slices: [] });
  expect(facts.get(usual.executionId)).toMatchObject({ kind: 'planned' });
  expect(ids(await waitFor(async () => waiting(DEFAULT)))).toEqual([usual.executionId]);
  expect(await permissionOf(unknown.executionId)).toEqual({});
});

test('what was cancelled before it was planned is not planned', async () => {
  const { create, executions, brake, waiting, journaled, queues } = scheduler;
  const [cancelled, usual] = [await create(), await create()];
  await brake.apply([{ executionId: cancelled.executionId, epoch: 0 }]);
  await executions.add([cancelled, usual]);
  await startPlanner();
  await waitFor(async () => (await queues.get('executions').getCompletedCount()) === 2);
  expect(ids(await waiting(DEFAULT))).toEqual([usual.executionId]);
  expect((await journaled()).map(({ kind, executionId }) => [kind, executionId])).toEqual([
    ['stopped', cancelled.executionId],
    ['planned', usual.executionId],
  ]);
});

test('a planning that died before it enqueued the slice is repeated, and enqueues it', async () => {
  const { create, executions, waiting, queues, journaled } = scheduler;
  const job = await create();
  await executions.add([job]);
  const planner = await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 1);
  await planner.stop();
  await queues.get('runtime.gantry.default').obliterate({ force: true });
  await queues.get('executions').remove(`${job.executionId}.1`);
  await executions.add([job]);
  await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 1);
  expect(await journaled()).toHaveLength(1);
});

test('a deposed planner gives its jobs back, and the next one loses none of them', async () => {
  const { create, executions, permissions, waiting, queues } = scheduler;
  const jobs = await inOrder(60, () => create());
  const first = await startPlanner(1);
  await permissions.announceTerm(2);
  await executions.add(jobs);
  const queue = queues.get('executions');
  await waitFor(async () => (await queue.getJobCountByTypes('delayed')) === 60);
  expect(await waiting(DEFAULT)).toEqual([]);
  await first.stop();
  await startPlanner(2);
  await waitFor(async () => (await waiting(DEFAULT)).length === 60);
  expect(new Set(ids(await waiting(DEFAULT)))).toEqual(new Set(ids(jobs)));
  expect(await queue.getFailedCount()).toBe(0);
});

test('while Postgres refuses nothing is lost, and all is planned in order afterwards', async () => {
  const { db, create, executions, waiting, log } = scheduler;
  const jobs = await inOrder(20, (index) => create(['gantry/noop'], index % 3));
  await sql`alter table modules rename to modules_away`.execute(db);
  await executions.add(jobs);
  await startPlanner();
  await waitFor(() => log.some((line) => line.includes('could not plan')));
  await sql`alter table modules_away rename to modules`.execute(db);
  await waitFor(async () => (await waiting(DEFAULT)).length === 20);
  expect(ids(await waiting(DEFAULT))).toEqual(ids(jobs.toSorted((a, b) => b.priority - a.priority)));
});

test('a planner that is stopped while Postgres refuses gives its jobs back', async () => {
  const { db, create, executions, waiting, queues, log } = scheduler;
  const job = await create();
  await sql`alter table modules rename to modules_away`.execute(db);
  await executions.add([job]);
  const planner = await startPlanner();
  await waitFor(() => log.some((line) => line.includes('could not plan')));
  await planner.stop();
  expect(await queues.get('executions').getJobCountByTypes('delayed', 'prioritized')).toBe(1);
  await sql`alter table modules_away rename to modules`.execute(db);
  await startPlanner(2);
  await waitFor(async () => (await waiting(DEFAULT)).length === 1);
});

test('nothing is planned while everything is paused, and nothing of an assistant that is', async () => {
  const { create, queues, executions, waiting, db } = scheduler;
  const planner = await startPlanner();
  planner.hold({ everything: true, assistants: false });
  const [held, other] = [await create(), await create()];
  const now = new Date();
  const { id: organizationId } = await ensureOrganization(db, { slug: 'acme', name: 'Acme' });
  const project = await createProject(db, { organizationId, name: 'P', slug: 'p', description: null });
  const fields = { name: 'Reader', slug: 'reader', options: { pipeline: { steps: [] } } };
  const assistant = await createAssistant(db, {
    organizationId,
    projectId: project?.id ?? '',
    fields,
    now,
  });
  const id = assistant?.id ?? '';
  await db.updateTable('assistants').set({ paused: true }).where('id', '=', id).execute();
  await db.updateTable('executions').set({ assistant_id: id }).where('id', '=', held.executionId).execute();
  await executions.add([held, other]);
  expect(planner.pickup).toMatchObject({ taken: 0, able: false });
  planner.hold({ everything: false, assistants: true });
  await waitFor(async () => (await waiting(DEFAULT)).length === 1);
  await waitFor(async () => (await queues.get('executions').getJobCountByTypes('delayed')) === 1);
});

test('an execution job of a newer version is put back for a planner that knows it', async () => {
  const { create, queues, log } = scheduler;
  const job = { ...(await create()), shape: 2 };
  await queues.add('executions', [{ id: 'a.1', name: 'plan', priority: 1, data: job }]);
  await startPlanner();
  await waitFor(async () => (await queues.get('executions').getJobCountByTypes('delayed')) === 1);
  expect(log.some((line) => line.includes('newer version'))).toBe(true);
});

test('what is not an execution job is dropped and the others are planned', async () => {
  const { create, executions, waiting, queues, log } = scheduler;
  const [broken, usual] = [await create(), await create()];
  await queues.add('executions', [{ id: 'a.0', name: 'plan', priority: 1, data: { ...broken, epoch: 0 } }]);
  await executions.add([usual]);
  await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 1);
  expect(ids(await waiting(DEFAULT))).toEqual([usual.executionId]);
  expect(log.join()).toContain('not an execution job');
});

test('a key of the wrong type in the place of a permission holds up nobody, and is replaced', async () => {
  const { create, executions, waiting, redis, keys, permissionOf } = scheduler;
  const jobs = await inOrder(30, () => create());
  for (const { executionId } of [jobs[7], jobs[8]].filter((job) => job !== undefined)) {
    await redis.set(keys.execution(executionId), 'x');
  }
  await executions.add(jobs);
  await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 30);
  expect(new Set(ids(await waiting(DEFAULT)))).toEqual(new Set(ids(jobs)));
  expect(await permissionOf(jobs[7]?.executionId ?? '')).toMatchObject({ epoch: '1', open: '1' });
});

test('no execution is blamed for a key of the wrong type that all go through', async () => {
  const { create, executions, waiting, redis, keys, journaled } = scheduler;
  const jobs = await inOrder(5, () => create());
  await redis.set(keys.runtimes, 'x');
  await executions.add(jobs);
  await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 5);
  expect(await journaled()).toMatchObject(jobs.map(() => ({ kind: 'planned' })));
  expect(await redis.smembers(keys.runtimes)).toEqual([DEFAULT]);
});

test('an execution that cannot be planned whatever is tried fails, and the others are planned', async () => {
  const { db, create, executions, waiting, journaled } = scheduler;
  const jobs = await inOrder(9, () => create());
  const [poison] = jobs;
  await executions.add(jobs.slice(1));
  await executions.add([{ ...(await create(['acme/poison'])), executionId: poison?.executionId ?? '' }]);
  await db
    .insertInto('modules')
    .values({
      ...{ org_slug: 'acme', slug: 'poison', active: true, id: randomUUID(), organization_id: null, version: '1.0.0' },
      ...{ name: 'poison', description: null, module_type: 'TRANSFORM', metadata: jsonb(null as never) },
    })
    .execute();
  onTestFinished(async () => void (await db.deleteFrom('modules').where('slug', '=', 'poison').execute()));
  await startPlanner();
  await waitFor(async () => (await waiting(DEFAULT)).length === 8);
  await waitFor(async () => (await journaled()).some(({ kind }) => kind === 'unplannable'));
  expect((await journaled()).filter(({ kind }) => kind === 'unplannable')).toMatchObject([
    { executionId: poison?.executionId, error: { errorType: 'PLANNING_FAILED' } },
  ]);
});

test('what it took and cannot plan counts as waiting', async () => {
  const { db, create, executions } = scheduler;
  const job = await create();
  await sql`alter table modules rename to modules_away`.execute(db);
  await executions.add([job]);
  const planner = await startPlanner();
  await waitFor(() => planner.pickup.inHand === 1);
  expect(planner.pickup.taken).toBe(0);
  await sql`alter table modules_away rename to modules`.execute(db);
  await waitFor(() => planner.pickup.taken === 1);
  expect(planner.pickup.inHand).toBe(0);
});

test('a planner that is started while Redis is away begins once it is back, and can be stopped before', async () => {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  await server.kill();
  const shards = new Shards([connectSweeper(server.url, () => {})], '{away}');
  const plannerShards = new Shards([connectWorker(server.url, () => {})], '{away}');
  onTestFinished(() => shards.close());
  onTestFinished(() => plannerShards.close());
  const { redis, keys } = shards.first;
  const permissions = new ExecutionPermissions(shards);
  const parts = { ...scheduler, shards, shard: plannerShards.first, permissions, concurrency: 10 };
  const [stopped, planner] = [new Planner({ ...parts, term: 1 }), new Planner({ ...parts, term: 2 })];
  await stopped.start();
  await stopped.stop();
  await planner.start();
  await server.restart();
  await waitFor(async () => (await redis.get(keys.term)) === '2');
  await planner.stop();
});

/** One after the other: an execution's age is when it was created. */
async function inOrder<T>(count: number, create: (index: number) => Promise<T>): Promise<T[]> {
  const created: T[] = [];
  for (let index = 0; index < count; index += 1) created.push(await create(index));
  return created;
}
