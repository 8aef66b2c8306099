import type { EndedExecution } from '@gantry/record/fold/ended-executions';
import { foldFacts } from '@gantry/record/fold/fold-facts';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { findUnfinished } from '@gantry/record/reconcile/find-unfinished';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, factsOf, freshScheduler } from '../../test/fresh-scheduler.ts';
import { Recorder } from './recorder.ts';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

let scheduler: FreshScheduler;
let leadership: Leadership;
beforeAll(async () => {
  scheduler = await freshScheduler();
});
beforeEach(async () => {
  await scheduler.reset();
  leadership = await scheduler.lead();
});
afterAll(() => scheduler.close());

/** A recorder at work, and how it says executions ended. */
async function startRecorder(
  batchSize = 100,
  newestShape = 1,
  holdPlansMs = 0,
): Promise<{ recorder: Recorder; ended: EndedExecution[] }> {
  const ended: EndedExecution[] = [];
  const recorder = new Recorder({
    ...{ ...scheduler, leadership, batchSize, newestShape, holdPlansMs, priorityDefaults: {}, takesUp: true },
    onFolded: (batch) => ended.push(...batch.ended),
    onParked: () => {},
  });
  onTestFinished(() => recorder.stop());
  await recorder.start();
  return { recorder, ended };
}

const journalIsEmpty = () => waitFor(async () => (await scheduler.redis.xlen(scheduler.keys.journal)) === 0);

/** Facts of so many executions, of two steps each, that succeed. */
async function reportSuccesses(count: number): Promise<string[]> {
  const jobs = await Promise.all(Array.from({ length: count }, () => scheduler.create(['gantry/noop', 'gantry/noop'])));
  for (const { executionId } of jobs) await scheduler.report(...successOf(executionId));
  return jobs.map(({ executionId }) => executionId);
}

function successOf(executionId: string) {
  const { planned, started, finished } = factsOf(executionId, 2);
  return [planned, started, finished(0), finished(1)];
}

test('facts become statuses and are gone from the journal, in batches of any size', async () => {
  const ids = await reportSuccesses(10);
  const { ended } = await startRecorder(7);
  await journalIsEmpty();
  for (const id of ids) {
    const { status, epoch, steps, processing_time_ms } = await scheduler.recorded(id);
    expect({ status, epoch, processing_time_ms }).toEqual({
      status: 'SUCCEEDED',
      epoch: 1,
      processing_time_ms: expect.any(Number),
    });
    expect(steps.map(({ ref, output }) => ({ ref, output }))).toEqual([
      { ref: 'gantry/noop', output: { step: 0 } },
      { ref: 'gantry/noop', output: { step: 1 } },
    ]);
  }
  expect(new Set(ended.map(({ executionId }) => executionId))).toEqual(new Set(ids));
});

test('what is reported while it runs is folded too, and a finished permission is forgotten', async () => {
  const { keys, redis, report, create, statusOf } = scheduler;
  await startRecorder();
  const { executionId } = await create();
  const { planned, started, finished } = factsOf(executionId);
  await redis.hset(keys.execution(executionId), { epoch: '1', open: '1' });
  await report(planned, started);
  await waitFor(async () => (await statusOf(executionId)) === 'RUNNING');
  expect(await redis.pttl(keys.execution(executionId))).toBe(-1);
  await report(finished(0));
  await waitFor(async () => (await statusOf(executionId)) === 'SUCCEEDED');
  await waitFor(async () => (await redis.pttl(keys.execution(executionId))) > 0);
});

test('a recorder that died between commit and acknowledgement changes nothing when it is replaced', async () => {
  const { db, journal, recorded, redis, keys } = scheduler;
  const ids = await reportSuccesses(3);
  const entries = await journal.readNew(100, 1);
  const facts = entries.flatMap((entry) => JSON.parse(entry.facts));
  await asLeader(db, leadership, (tx) => foldFacts(tx, facts, { now: new Date(), priorityDefaults: {} }));
  const before = await Promise.all(ids.map(recorded));
  expect(await redis.xlen(keys.journal)).toBe(12);
  await startRecorder();
  await journalIsEmpty();
  expect(await Promise.all(ids.map(recorded))).toEqual(before);
});

test('what a deposed leader read after its successor began is recorded all the same', async () => {
  const { create, redis, keys, statusOf } = scheduler;
  await startRecorder();
  const [before = ''] = await reportSuccesses(1);
  await waitFor(async () => (await statusOf(before)) === 'SUCCEEDED');
  const { executionId } = await create(['gantry/noop', 'gantry/noop']);
  // Both are the one consumer: these facts are given to the one that was paused, and to nobody else.
  await redis
    .multi()
    .xadd(keys.journal, '*', 'facts', JSON.stringify(successOf(executionId)))
    .xreadgroup('GROUP', 'recorder', 'leader', 'COUNT', 100, 'STREAMS', keys.journal, '>')
    .exec();
  await journalIsEmpty();
  expect(await statusOf(executionId)).toBe('SUCCEEDED');
});

test('after a wipe of Redis it goes on recording', async () => {
  const { redis, create, report, statusOf } = scheduler;
  await startRecorder();
  await reportSuccesses(1);
  await journalIsEmpty();
  await redis.flushdb();
  const { executionId } = await create(['gantry/noop', 'gantry/noop']);
  await report(...successOf(executionId));
  await waitFor(async () => (await statusOf(executionId)) === 'SUCCEEDED');
});

test('of what was reported together only what is no fact is parked', async () => {
  const { create, report, statusOf, parked } = scheduler;
  const [bad, good] = [await create(['gantry/noop', 'gantry/noop']), await create(['gantry/noop', 'gantry/noop'])];
  const noFact = { kind: 'finished', executionId: bad.executionId };
  await report(JSON.stringify([noFact, ...successOf(good.executionId)]));
  await startRecorder();
  await journalIsEmpty();
  expect((await parked()).map(({ fact }) => JSON.parse(fact))).toEqual([noFact]);
  expect(await statusOf(bad.executionId)).toBe('FAILED');
  expect(await statusOf(good.executionId)).toBe('SUCCEEDED');
});

test('a fact of a newer version is kept for the next leader that knows it, and holds nothing else up', async () => {
  const { create, report, parked, statusOf, db } = scheduler;
  const { executionId } = await create(['gantry/noop', 'gantry/noop']);
  const { planned, started, finished } = factsOf(executionId, 2);
  await report(planned, started, finished(0), JSON.stringify([{ ...finished(1), shape: 2 }]));
  const others = await reportSuccesses(1);
  const { recorder } = await startRecorder();
  await journalIsEmpty();
  expect(await Promise.all([executionId, ...others].map(statusOf))).toEqual(['RUNNING', 'SUCCEEDED']);
  const unfinished = { afterId: FIRST_ID, settledMs: -60_000, limit: 10 };
  expect(await findUnfinished(db, unfinished)).toEqual([]);
  await recorder.stop();
  await startRecorder(100, 2);
  await waitFor(async () => (await statusOf(executionId)) === 'SUCCEEDED');
  expect(await parked()).toEqual([]);
});

test('what is no fact is parked, and fails the execution it names', async () => {
  const { create, report, recorded, parked, keys, redis, queues, executions } = scheduler;
  const job = await create();
  const { executionId } = job;
  await executions.add([job]);
  const unreadable = [
    '{',
    '"text"',
    JSON.stringify({ kind: 'finished', executionId }),
    JSON.stringify({ kind: 'planned' }),
  ];
  await report(...unreadable);
  const [other] = await reportSuccesses(1);
  await startRecorder();
  await journalIsEmpty();
  expect((await parked()).map(({ fact }) => fact)).toEqual(unreadable.toReversed());
  expect(await recorded(executionId)).toMatchObject({
    ...{ status: 'FAILED', exception_details: { errorType: 'FACT_REFUSED' } },
  });
  expect(await scheduler.statusOf(other ?? '')).toBe('SUCCEEDED');
  expect(await redis.hget(keys.execution(executionId), 'open')).toBe('0');
  expect(await queues.get('executions').getJobCountByTypes('prioritized')).toBe(0);
});

test.each([
  ['the character U+0000', { output: 'a\u0000b' }],
  ['half a surrogate pair', { output: ['\ud800'] }],
  ['U+0000 in a reference', { outputRef: 'a\u0000b' }],
  ['an attempt beyond the column', { stepAttempt: 3_000_000_000 }],
])('of a batch only the execution with %s fails', async (_what, different) => {
  const { create, report, recorded, parked, redis, keys, statusOf } = scheduler;
  const others = await reportSuccesses(6);
  const { executionId } = await create(['gantry/noop']);
  const { planned, started, finished } = factsOf(executionId);
  await redis.hset(keys.execution(executionId), { epoch: '1', open: '0', leased: '0', done: '1' });
  await report(planned, started, finished(0, different));
  others.push(...(await reportSuccesses(6)));
  await startRecorder();
  await journalIsEmpty();
  expect(await Promise.all(others.map(statusOf))).toEqual(others.map(() => 'SUCCEEDED'));
  expect(await recorded(executionId)).toMatchObject({
    ...{ status: 'FAILED', exception_details: { errorType: 'FACT_REFUSED' }, epoch: 1 },
  });
  expect((await parked()).map(({ fact }) => JSON.parse(fact).executionId)).toEqual([executionId]);
  expect(await redis.pttl(keys.execution(executionId))).toBeGreaterThan(0);
});

test('a race that Postgres decides against it is run again, not held against the execution', async () => {
  const { db, parked, statusOf } = scheduler;
  await sql`create sequence conflicts`.execute(db);
  await sql`
    create function conflict() returns trigger language plpgsql as $$ begin
      if nextval('conflicts') <= 2 then raise exception 'somebody was faster' using errcode = 'unique_violation'; end if;
      return new;
    end $$`.execute(db);
  const { executionId } = await scheduler.create(['gantry/noop', 'gantry/noop']);
  await sql`create trigger conflicts before update on executions for each row execute function conflict()`.execute(db);
  onTestFinished(async () => void (await sql`drop trigger conflicts on executions`.execute(db)));
  await scheduler.report(successOf(executionId)[0] ?? '');
  await startRecorder();
  await journalIsEmpty();
  expect(await statusOf(executionId)).toBe('RUNNING');
  expect(await parked()).toEqual([]);
});

test('while Postgres refuses for other reasons nothing is parked, and all is folded afterwards', async () => {
  const { db, parked, log, statusOf } = scheduler;
  const ids = await reportSuccesses(2);
  await sql`alter table execution_steps rename to steps_away`.execute(db);
  await startRecorder();
  await waitFor(() => log.some((line) => line.includes('could not record')));
  await sql`alter table steps_away rename to execution_steps`.execute(db);
  await journalIsEmpty();
  expect(await parked()).toEqual([]);
  expect(await Promise.all(ids.map(statusOf))).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});

test('a recorder that no longer leads folds nothing; the next one does', async () => {
  const { redis, keys, statusOf } = scheduler;
  const [id = ''] = await reportSuccesses(1);
  const deposed = leadership;
  leadership = await scheduler.lead();
  const next = leadership;
  leadership = deposed;
  await startRecorder();
  await waitFor(async () => ((await redis.xpending(keys.journal, 'recorder')) as [number])[0] === 4);
  leadership = next;
  expect(await statusOf(id)).toBe('PENDING');
  await startRecorder();
  await journalIsEmpty();
  expect(await statusOf(id)).toBe('SUCCEEDED');
});

test('what is planned is written with what comes of it, and is not lost meanwhile', async () => {
  const { create, report, journal, statusOf } = scheduler;
  const [first, second] = await Promise.all([create(), create()]);
  const facts = [first, second].map(({ executionId }) => factsOf(executionId));
  await report(JSON.stringify(facts.map(({ planned }) => planned)));
  await startRecorder(100, 1, 600_000);
  await waitFor(async () => (await journal.unacknowledged()) === 1);
  await report(...facts.slice(0, 1).flatMap(({ started, finished }) => [started, finished(0)]));
  await waitFor(async () => (await statusOf(first.executionId)) === 'SUCCEEDED');
  expect(await statusOf(second.executionId)).toBe('PENDING');
  // Its entry is left to whoever leads next, who knows of the first one's already.
  expect(await journal.length()).toBe(1);
  leadership = await scheduler.lead();
  await startRecorder();
  await journalIsEmpty();
  expect(await Promise.all([first, second].map(({ executionId }) => statusOf(executionId)))).toEqual([
    'SUCCEEDED',
    'RUNNING',
  ]);
});

test('what was planned is folded before what comes of it, also where a batch ends between the two', async () => {
  const { create, report, journal, statusOf } = scheduler;
  const { executionId } = await create(['gantry/noop', 'gantry/noop']);
  const { planned, finished } = factsOf(executionId, 2);
  await report(planned);
  await startRecorder(1, 1, 600_000);
  await waitFor(async () => (await journal.unacknowledged()) === 1);
  await report(JSON.stringify([finished(0), finished(1)]));
  await journalIsEmpty();
  expect(await statusOf(executionId)).toBe('SUCCEEDED');
});

test('a recorder that is stopped has folded what it read', async () => {
  const { recorder } = await startRecorder(100, 1, 600_000);
  const ids = await reportSuccesses(20);
  await recorder.stop();
  await recorder.stop();
  const pending = (await scheduler.redis.xpending(scheduler.keys.journal, 'recorder')) as [number];
  expect(pending[0]).toBe(0);
  await startRecorder();
  await journalIsEmpty();
  expect(new Set(await Promise.all(ids.map(scheduler.statusOf)))).toEqual(new Set(['SUCCEEDED']));
});

test('each execution is counted as finished once, whatever is reported of it afterwards', async () => {
  const { report } = scheduler;
  const { ended } = await startRecorder();
  const [id = ''] = await reportSuccesses(1);
  await waitFor(() => ended.length > 0);
  await report(factsOf(id).stopped);
  await journalIsEmpty();
  expect(ended.map(({ executionId }) => executionId)).toEqual([id]);
});
