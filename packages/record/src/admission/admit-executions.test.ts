import type { AssistantFields } from '@gantry/contracts/http/assistant';
import type { ExecutionStatus } from '@gantry/domain/status';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jsonb } from '../connection/database.ts';
import { cancelExecution } from '../executions/cancel-execution.ts';
import type { Row } from '../schema/tables.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { type Admission, admitExecutions } from './admit-executions.ts';
import { firstPriority } from './first-priority.ts';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
});
beforeEach(async () => {
  await sql`truncate executions, assistants, modules cascade`.execute(record.db);
  await sql`update admission set open = true`.execute(record.db);
  place = await record.newPlace();
});
afterAll(() => record.close());

const admit = (said: Partial<Admission> = {}) =>
  record.committed((tx) => admitExecutions(tx, { limit: 10, batch: 100, now: new Date(), unserved: [], ...said }));
const admittedBy = async (said: Partial<Admission> = {}) =>
  (await admit(said)).enqueue.map(({ executionId }) => executionId);

/** Each a millisecond younger than the last. */
let age = Date.now() - 60_000;
const several = async (count: number, status: ExecutionStatus, fields: Partial<Row<'executions'>> = {}) => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    age += 1;
    ids.push(await place.execution(status, { created_at: new Date(age), ...fields }));
  }
  return ids;
};

/** What an event that comes now gives for the assistants there are. */
const arrives = async () => {
  const [result] = await place.ingest([place.event()]);
  return accepted(result).executions.map(({ status }) => status);
};

const using = (ref: string): Partial<Row<'executions'>> => ({ pipeline: { id: place.projectId, steps: [{ ref }] } });

async function module(slug: string, runtime: string): Promise<void> {
  await record.db
    .insertInto('modules')
    .values({
      ...{ id: crypto.randomUUID(), organization_id: null, org_slug: 'acme', slug, version: '1.0.0', name: slug },
      ...{ description: null, module_type: 'TRANSFORM' },
      metadata: jsonb({ kind: 'node', moduleRuntimeRef: runtime, options: [] }),
    })
    .execute();
}

test('the most urgent come first, then the oldest, as many as there are places', async () => {
  await several(7, 'RUNNING', { priority: 9 });
  const [low, first, second] = await several(3, 'REQUESTED', { priority: 5 });
  const high = await place.execution('REQUESTED', { priority: 9 });
  await several(5, 'SUCCEEDED');
  expect(await admittedBy()).toEqual([high, low, first]);
  expect(await admittedBy()).toEqual([]);
  expect(await record.status(second ?? '')).toBe('REQUESTED');
  expect(await admittedBy({ limit: 20 })).toEqual([second]);
});

test('when there is no place, the most urgent still come before what is there already, a few at a time', async () => {
  await several(12, 'RUNNING', { priority: 5 });
  const low = await several(3, 'REQUESTED', { priority: 5 });
  const high = await several(5, 'REQUESTED', { priority: 9 });
  const admittedBeside = (waiting: number) => admittedBy({ urgent: { priority: 9, waiting, lessUrgent: 12 } });
  expect(await firstPriority(record.db)).toBe(9);
  expect(await admittedBeside(0)).toEqual(high.slice(0, 3));
  expect(await admittedBeside(3)).toEqual([]);
  expect(await admittedBeside(0)).toEqual(high.slice(3));
  expect(await firstPriority(record.db)).toBe(5);
  expect(await admittedBeside(0)).toEqual([]);
  expect(await admittedBy({ limit: 18 })).toEqual(low.slice(0, 1));
});

test('what less urgent executions have waited for too long they get: a place in eight, the oldest first', async () => {
  const MINUTE_MS = 60_000;
  const [tick] = await several(1, 'REQUESTED', { priority: 1 });
  const usual = await several(3, 'REQUESTED', { priority: 5 });
  const urgent = await several(20, 'REQUESTED', { priority: 9 });
  const fresh = await place.execution('REQUESTED', { priority: 0, created_at: new Date(age + 2 * MINUTE_MS) });
  const said = { limit: 16, patienceMs: MINUTE_MS, now: new Date(age + 2 * MINUTE_MS) };
  const none = { priority: 9, waiting: 100 };
  expect(await admittedBy({ ...said, urgent: { ...none, lessUrgent: 0 } })).toEqual([
    ...urgent.slice(0, 14),
    usual[0],
    tick,
  ]);
  // Full, with nothing less urgent in its queues any more; then with enough of that.
  expect(await admittedBy({ ...said, urgent: { ...none, lessUrgent: 1 } })).toEqual([usual[1]]);
  expect(await admittedBy({ ...said, urgent: { ...none, lessUrgent: 2 } })).toEqual([]);
  expect(await admittedBy({ limit: 16, urgent: { ...none, lessUrgent: 0 } })).toEqual([]);
  expect(await admittedBy({ limit: 24, urgent: { ...none, lessUrgent: 3 } })).toEqual([...urgent.slice(14), usual[2]]);
  expect(await record.status(fresh)).toBe('REQUESTED');
});

test('a small batch says that there is more, and the order goes on with it', async () => {
  const ids = await several(5, 'REQUESTED');
  const rounds = [];
  for (let more = true; more; ) {
    const round = await admit({ batch: 2 });
    rounds.push(round.enqueue.map(({ executionId }) => executionId));
    more = round.result;
  }
  expect(rounds).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
});

test('the door closes past the limit, and opens when nobody waits and there is a place', async () => {
  await place.assistant();
  const running = await several(11, 'RUNNING');
  expect(await arrives()).toEqual(['PENDING']);
  await admit();
  expect(await arrives()).toEqual(['REQUESTED']);
  await admit();
  expect(await arrives()).toEqual(['REQUESTED']);
  await sql`update executions set status = 2 where id = any(${running})`.execute(record.db);
  await admit();
  expect(await arrives()).toEqual(['PENDING']);
});

test('what was cancelled while it waited is not admitted', async () => {
  const [cancelled = '', waits] = await several(2, 'REQUESTED');
  await cancelExecution(record.db, { organizationId: place.organizationId, executionId: cancelled, now: new Date() });
  expect(await admittedBy()).toEqual([waits]);
  expect(await record.status(cancelled)).toBe('CANCELLED');
});

test('an assistant never has more than its own limit, holds back nobody else, and goes on as its own finish', async () => {
  const fields: AssistantFields = { maxConcurrentExecutions: 2 };
  const { id: limited } = await place.assistant(fields);
  const own = await several(5, 'REQUESTED', { assistant_id: limited, priority: 9 });
  const [other] = await several(1, 'REQUESTED');
  expect(await admittedBy()).toEqual([own[0], own[1], other]);
  // The third and later ones are behind their assistant: others pass the door at once.
  expect(await admittedBy()).toEqual([]);
  const { rows } = await sql<{ open: boolean }>`select open from admission`.execute(record.db);
  expect(rows).toEqual([{ open: true }]);

  await sql`update executions set status = 2 where id = ${own[0]}`.execute(record.db);
  const urgent = await place.execution('REQUESTED', { assistant_id: limited, priority: 10 });
  expect(await admittedBy()).toEqual([urgent]);
  await sql`update assistants set max_concurrent_executions = null`.execute(record.db);
  expect(await admittedBy()).toEqual(own.slice(2));
});

test('a flood behind a runtime without workers leaves half the places to the others, and flows when workers come', async () => {
  await module('gpu', 'acme/gpu');
  await module('cpu', 'acme/cpu');
  await several(10, 'RUNNING', using('acme/gpu'));
  const flood = await several(10, 'REQUESTED', { ...using('module://acme/gpu:1.0.0'), priority: 1_000 });
  const others = await several(20, 'REQUESTED', using('acme/cpu'));
  const unserved = [{ runtime: 'acme/gpu', waiting: 10 }];
  expect(await admittedBy({ unserved })).toEqual(others.slice(0, 5));
  expect(await admittedBy({ unserved })).toEqual([]);
  await sql`update executions set status = 2 where id = any(${others.slice(0, 2)})`.execute(record.db);
  expect(await admittedBy({ unserved })).toEqual(others.slice(5, 7));

  // Workers have come, and got through what there was.
  await sql`update executions set status = 2 where status = 1`.execute(record.db);
  await sql`update executions set status = 2 where id = any(${others}) and status = 0`.execute(record.db);
  expect(await admittedBy()).toEqual(flood);
  await sql`update executions set status = 2 where status = 0`.execute(record.db);
  expect(await admittedBy({ limit: 20 })).toEqual(others.slice(7));
});

test('a runtime without workers is given half of the places at most, those not planned yet included', async () => {
  await module('gpu', 'acme/gpu');
  await module('cpu', 'acme/cpu');
  await several(1, 'PENDING', using('acme/gpu'));
  await several(1, 'RUNNING', using('acme/gpu'));
  const flood = await several(9, 'REQUESTED', {
    pipeline: { id: place.projectId, steps: [{ ref: 'acme/cpu' }, { ref: 'acme/gpu' }] },
  });
  expect(await admittedBy({ unserved: [{ runtime: 'acme/gpu', waiting: 1 }] })).toEqual(flood.slice(0, 3));
});

test('the door stays closed while somebody waits for a runtime: those that come later do not go first', async () => {
  await module('gpu', 'acme/gpu');
  await place.assistant();
  await sql`update admission set open = false`.execute(record.db);
  await several(6, 'RUNNING', using('acme/gpu'));
  const [held] = await several(1, 'REQUESTED', using('acme/gpu'));
  expect(await admittedBy({ unserved: [{ runtime: 'acme/gpu', waiting: 6 }] })).toEqual([]);
  expect(await arrives()).toEqual(['REQUESTED']);
  expect((await admittedBy())[0]).toBe(held);
  expect(await arrives()).toEqual(['PENDING']);
});

test('with a batch of none nobody is admitted, and the door closes all the same', async () => {
  await place.assistant();
  await several(11, 'PENDING');
  await several(1, 'REQUESTED');
  expect(await admit({ batch: 0, limit: 10 })).toMatchObject({ enqueue: [], result: false });
  expect(await arrives()).toEqual(['REQUESTED']);
  expect(await admit({ batch: 0, limit: 100 })).toMatchObject({ enqueue: [], result: false });
});

test('a flood that is held is passed over once: those behind it are found in one look', async () => {
  await module('gpu', 'acme/gpu');
  const unserved = [{ runtime: 'acme/gpu', waiting: 5 }];
  const { organizationId } = place;
  const pipeline = JSON.stringify({ id: organizationId, steps: [{ ref: 'acme/gpu' }] });
  await sql`insert into executions (id, organization_id, status, priority, pipeline)
    select gen_random_uuid(), ${organizationId}, 4, 9, ${pipeline}::jsonb from generate_series(1, 500)`.execute(
    record.db,
  );
  const [behind] = await several(1, 'REQUESTED');
  let rounds = 0;
  for (let more = true; more; rounds += 1) more = (await admit({ unserved })).result;
  expect(rounds).toBe(6);
  expect(await record.status(behind ?? '')).toBe('PENDING');
  const [next] = await several(1, 'REQUESTED');
  expect(await admit({ unserved })).toMatchObject({ enqueue: [{ executionId: next }], result: false });
});
