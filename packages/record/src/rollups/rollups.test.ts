import { moduleException } from '@gantry/domain/exception-details';
import type { FactOf } from '@gantry/domain/fact';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { deleteExecution } from '../executions/delete-execution.ts';
import { pruneStepDurations } from '../retention/prune-step-durations.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { countAll, countByAssistant, countByHour } from './count-executions.ts';
import { listFailureGroups } from './list-failure-groups.ts';
import { listStepDurations } from './list-step-durations.ts';
import { rebuildRollups } from './rebuild-rollups.ts';
import { sumUpDeltas } from './sum-up-deltas.ts';

let fixture: RecordFixture;
beforeAll(async () => {
  fixture = await RecordFixture.open();
});
afterAll(() => fixture.close());

const ALWAYS = { from: new Date(0), to: new Date('2100-01-01') };

function sumUp(batch = 10_000): Promise<boolean> {
  return fixture.inTransaction((tx) => sumUpDeltas(tx, batch));
}

async function newExecutions(place: Place, count: number): Promise<string[]> {
  const results = await place.ingest(Array.from({ length: count }, () => place.event()));
  return results.flatMap((result) => accepted(result).executions.map(({ id }) => id));
}

async function recordCounts(place: Place): Promise<unknown> {
  const { rows } = await sql<{ status: number; count: number }>`
    select status, count(*) from executions where organization_id = ${place.organizationId}
    group by status order by status`.execute(fixture.db);
  return rows;
}

async function rollupCounts(place: Place): Promise<unknown> {
  const { rows } = await sql<{ status: number; count: number }>`
    select status, sum(count)::bigint as count
    from (select * from execution_counts union all select * from execution_count_deltas) as counts
    where organization_id = ${place.organizationId} group by status having sum(count) <> 0 order by status`.execute(
    fixture.db,
  );
  return rows;
}

function failed(id: string, message: string, said: Partial<FactOf<'step-finished'>> = {}) {
  const facts = factsOf(id);
  const error = moduleException('FLAKY', message);
  return [facts.planned(), facts.started(), facts.finished(0, { status: 'FAILED', error, ...said })];
}

test('whatever becomes of executions, the numbers are what the record says', async () => {
  const place = await fixture.newPlace();
  const assistant = await place.assistant();
  const [succeeded = '', failing = '', cancelled = '', deleted = ''] = await newExecutions(place, 6);
  await fixture.fold([...factsOf(succeeded).success(), ...failed(failing, 'it broke'), ...factsOf(deleted).success()]);
  await cancelExecution(fixture.db, {
    organizationId: place.organizationId,
    executionId: cancelled,
    now: new Date(),
  });
  expect(await countAll(fixture.db, place.organizationId)).toMatchObject({
    ...{ PENDING: 2, RUNNING: 0, SUCCEEDED: 2, FAILED: 1, CANCELLING: 1 },
  });
  const { result } = await deleteExecution(fixture.db, { organizationId: place.organizationId, id: deleted });
  expect(result).toBe('deleted');

  const hours = { organizationId: place.organizationId, ...ALWAYS };
  const expected = { PENDING: 2, SUCCEEDED: 1, FAILED: 1, CANCELLING: 1 };
  for (const summed of [false, true]) {
    if (summed) while (await sumUp(1)) {} // a change at a time
    expect(await rollupCounts(place)).toEqual(await recordCounts(place));
    expect([...(await countByHour(fixture.db, hours)).values()]).toEqual([expected]);
    expect([...(await countByAssistant(fixture.db, hours, 10))]).toEqual([[assistant.id, expected]]);
    expect(await countByAssistant(fixture.db, { ...hours, assistantId: place.projectId }, 10)).toEqual(new Map());
  }
  const { rows } = await sql`select from execution_counts where count = 0`.execute(fixture.db);
  expect(rows).toEqual([]);
});

test('an execution counts in the hour of UTC that it was created in, whatever the time zone of a session', async () => {
  const place = await fixture.newPlace();
  await fixture.inTransaction(async (tx) => {
    await sql`set local timezone = 'Asia/Kolkata'`.execute(tx);
    await sql`
      insert into executions (id, organization_id, status, priority, pipeline, created_at)
      values (gen_random_uuid(), ${place.organizationId}, 2, 5, '{"steps": []}', '2026-03-01T10:59:59.999Z')`.execute(
      tx,
    );
  });
  const hours = { organizationId: place.organizationId, ...ALWAYS };
  expect(await countByHour(fixture.db, hours)).toEqual(new Map([['2026-03-01T10:00:00.000Z', { SUCCEEDED: 1 }]]));
});

test('numbers that are wrong are right after counting anew, beside others that count and sum up', async () => {
  const place = await fixture.newPlace();
  await place.assistant();
  const ids = await newExecutions(place, 20);
  await fixture.fold(ids.slice(0, 10).flatMap((id) => factsOf(id).success()));
  const { organizationId } = place;
  await sumUp();
  await sql`update execution_counts set count = count + 7 where organization_id = ${organizationId}`.execute(
    fixture.db,
  );
  await sql`delete from step_durations where organization_id = ${organizationId}`.execute(fixture.db);
  await sql`insert into step_duration_days values (${organizationId}, day_of(now()), 'gantry/noop', 5, 7, 7, 7)`.execute(
    fixture.db,
  );

  const [first, second] = await Promise.all([
    rebuildRollups(fixture.db, organizationId),
    rebuildRollups(fixture.db, organizationId),
    fixture.fold(ids.slice(10).flatMap((id) => factsOf(id).success())),
    sumUp(),
    newExecutions(place, 3),
  ]);
  expect(first.executions + second.executions).toBeGreaterThan(0);
  await sumUp();
  expect(await rollupCounts(place)).toEqual(await recordCounts(place));
  const [durations] = await listStepDurations(fixture.db, { organizationId, ...ALWAYS }, 10);
  expect(durations).toMatchObject({ runs: 20, failed: 0 });
  expect(await rebuildRollups(fixture.db, organizationId)).toEqual({ executions: 0, durations: 0 });
});

test('failures that differ in numbers, ids and quoted parts alone are one group, which shrinks as they are repaired', async () => {
  const place = await fixture.newPlace();
  await place.assistant();
  const ids = await newExecutions(place, 5);
  const messages = [
    `page 17 of "a b.pdf" (0193a1b2-0000-7000-8000-000000000001) doesn't open at 10.0.0.1:5432`,
    `page 3 of "x" (0193a1b2-0000-7000-8000-0000000000ff) doesn't open at host7`,
    'the disk is full',
    'the disk is full',
    'the disk is full',
  ];
  for (const [index, id] of ids.entries()) await fixture.fold(failed(id, messages[index] ?? ''));

  const list = (limit = 10) =>
    listFailureGroups(fixture.db, { organizationId: place.organizationId, ...ALWAYS }, limit);
  const [disk, page] = await list();
  expect(page).toMatchObject({
    ...{ ref: 'gantry/noop', code: 'FLAKY', count: 2, last_id: ids[1], last_message: messages[1] },
    shape: `page # of "…" (#) doesn't open at #`,
  });
  expect(disk).toMatchObject({ shape: 'the disk is full', count: 3, last_id: ids[4] });
  expect(await list(1)).toEqual([disk]);
  const { failure_group } = await fixture.execution(ids[4] ?? '');
  expect(failure_group).toBe(disk?.id);

  await sql`update executions set status = 9 where id = ${ids[4]}`.execute(fixture.db);
  expect((await fixture.execution(ids[4] ?? '')).failure_group).toBeNull();
  await deleteExecution(fixture.db, { organizationId: place.organizationId, id: ids[3] ?? '' });
  expect((await list()).map(({ shape, count }) => [shape, count])).toEqual([
    ['the disk is full', 1],
    [`page # of "…" (#) doesn't open at #`, 2],
  ]);
});

test('durations of steps are told by module, within 5 %', async () => {
  const place = await fixture.newPlace();
  await place.assistant({ options: { pipeline: { steps: [{ ref: 'acme/slow' }, { ref: 'acme/skipped' }] } } });
  const ids = await newExecutions(place, 100);
  const facts = ids.flatMap((id, index) => {
    const told = factsOf(id);
    const at = Date.now() + (index + 1) * 100;
    return [
      told.planned(2),
      told.started(),
      told.finished(0, { at, status: index < 3 ? 'FAILED' : 'SUCCEEDED', nextStep: 1 }),
      told.finished(1, { at, status: 'SKIPPED' }),
    ];
  });
  await fixture.fold(facts);
  await fixture.fold(facts);
  const durations = await listStepDurations(fixture.db, { organizationId: place.organizationId, ...ALWAYS }, 10);
  expect(durations).toEqual([
    {
      ...{ ref: 'module://acme/slow', runs: 100, failed: 3, total_ms: expect.any(Number) },
      ...{ p50_ms: expect.any(Number), p90_ms: expect.any(Number), p99_ms: expect.any(Number) },
    },
  ]);
  const [{ total_ms = 0, p50_ms = 0, p90_ms = 0, p99_ms = 0 } = {}] = durations;
  const near = (value: number, exact: number) => expect(Math.abs(value / exact - 1), `${value}`).toBeLessThan(0.06);
  near(total_ms / 100, 5_050);
  near(p50_ms, 5_000);
  near(p90_ms, 9_000);
  near(p99_ms, 9_900);

  // Read from days and hours that have been summed up, and after some are forgotten.
  const { organizationId } = place;
  while (await sumUp()) {}
  const hour = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) };
  expect(await listStepDurations(fixture.db, { organizationId, ...hour }, 10)).toEqual(durations);
  expect(await listStepDurations(fixture.db, { organizationId, ...ALWAYS }, 10)).toEqual(durations);
  await fixture.inTransaction((tx) => pruneStepDurations(tx, { before: hour.to, batch: 5 }));
  const [left] = await listStepDurations(fixture.db, { organizationId, ...ALWAYS }, 10);
  expect(left).toEqual((await listStepDurations(fixture.db, { organizationId, ...hour }, 10))[0]);
  expect(left?.runs).toBeLessThan(100);
});

test('a module is one, however pipelines spell it and whichever version they name', async () => {
  const place = await fixture.newPlace();
  await place.assistant({
    options: { pipeline: { steps: [{ ref: 'acme/one' }, { ref: 'module://acme/one:1.2.0' }] } },
  });
  const [id = ''] = await newExecutions(place, 1);
  const told = factsOf(id);
  const at = Date.now() + 100;
  await fixture.fold([
    ...[told.planned(2), told.started()],
    ...[told.finished(0, { at, nextStep: 1 }), told.finished(1, { at, status: 'FAILED' })],
  ]);
  const { organizationId } = place;
  expect(await listStepDurations(fixture.db, { organizationId, ...ALWAYS }, 10)).toMatchObject([
    { ref: 'module://acme/one', runs: 2, failed: 1 },
  ]);
});
