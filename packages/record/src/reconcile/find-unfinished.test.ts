import { executionStatusNames } from '@gantry/domain/status';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { findUnfinished } from './find-unfinished.ts';

const START = '00000000-0000-0000-0000-000000000000';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  await sql`truncate executions cascade`.execute(record.db);
  place = await record.newPlace();
});

const find = (more: Partial<Parameters<typeof findUnfinished>[1]> = {}) =>
  findUnfinished(record.db, { afterId: START, settledMs: -60_000, limit: 10, ...more });

test('what somebody should be working on: PENDING, RUNNING, CANCELLING', async () => {
  const ids: Record<string, string> = {};
  for (const status of executionStatusNames) ids[status] = await place.execution(status);
  const late = await place.execution('RUNNING', { stop_reason: 'TIMEOUT' });
  expect(await find()).toEqual([
    { id: ids['PENDING'], status: 'PENDING', epoch: 0, stopping: false, queueBatch: null },
    { id: ids['RUNNING'], status: 'RUNNING', epoch: 1, stopping: false, queueBatch: null },
    { id: ids['CANCELLING'], status: 'CANCELLING', epoch: 1, stopping: false, queueBatch: null },
    { id: late, status: 'RUNNING', epoch: 1, stopping: true, queueBatch: null },
  ]);
});

test('page by page, in the order of their ids', async () => {
  const ids = [];
  for (const status of ['RUNNING', 'PENDING', 'CANCELLING', 'PENDING', 'RUNNING'] as const) {
    ids.push(await place.execution(status));
  }
  const pages = [];
  for (let afterId = START; ; ) {
    const page = await find({ afterId, limit: 2 });
    if (page.length === 0) break;
    pages.push(page.map(({ id }) => id));
    afterId = page.at(-1)?.id ?? START;
  }
  expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
});

test('what has just changed is still on its way', async () => {
  const now = new Date();
  const [old] = [
    await place.execution('RUNNING', { updated_at: new Date(now.getTime() - 5_000) }),
    await place.execution('RUNNING', { updated_at: now }),
  ];
  const found = await find({ settledMs: 3_000 });
  expect(found.map(({ id }) => id)).toEqual([old]);
});
