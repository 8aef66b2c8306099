import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Execution } from '@gantry/contracts/http/execution';
import { transaction } from '@gantry/record/connection/transaction';
import { fireSchedules } from '@gantry/record/schedules/fire-schedules';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.client.delete(`/api/projects/${projectId}`);
  projectId = (await makeProject(api.client, 'Scheduled')).id;
});

const YEARLY = { cronExpression: '0 0 12 1 1 *', timeZone: 'UTC' };

/** New Year's noons to come, so that nothing is due before a test says that it is. */
const noon = (years: number) => new Date(Date.UTC(new Date().getUTCFullYear() + years, 0, 1, 12));

const make = (schedules: object[], more: object = {}) => makeAssistant(api.client, projectId, { schedules, ...more });

const pathOf = ({ id }: { id: string }) => `/api/projects/${projectId}/assistants/${id}`;

async function read(assistant: { id: string }): Promise<Assistant> {
  return (await api.client.get<Assistant>(pathOf(assistant))).body;
}

async function change(assistant: { id: string }, fields: object): Promise<Assistant> {
  const { status, body } = await api.client.put<Assistant>(pathOf(assistant), fields);
  expect(status).toBe(200);
  return body;
}

/** What the leading scheduler does at that instant. */
async function fire(now: Date): Promise<{ count: number; jobs: ExecutionJob[] }> {
  const { result, after } = await transaction(api.db, (tx) =>
    fireSchedules(tx, { batch: 100, except: [] }, { now, priorityDefaults: {} }),
  );
  return { count: result.due, jobs: after.enqueue };
}

async function executionsOf(assistant: { id: string }): Promise<Execution[]> {
  return (await api.client.get<Execution[]>(`${pathOf(assistant)}/executions`)).body;
}

describe('saving', () => {
  test('gives a schedule its id, its defaults and its next slot', async () => {
    const { schedules } = await make([{ cronExpression: '0 0 12 1 1 *' }, { ...YEARLY, id: 'mine', type: 'CRON' }]);
    const standing = {
      catchUp: 'once',
      overlap: 'allow',
      lastEvent: null,
      nextEvent: noon(1).toISOString(),
      ...YEARLY,
    };
    expect(schedules).toEqual([
      { ...standing, id: expect.stringMatching(/^[0-9a-f-]{36}$/), type: null },
      { ...standing, id: 'mine', type: 'CRON' },
    ]);
  });

  test.each([
    ['0.cronExpression', { cronExpression: '* * * * *' }, 'expected six fields'],
    ['0.cronExpression', { cronExpression: '0 0 25 * * *' }, 'hour: 25'],
    ['0.cronExpression', { cronExpression: '0 0 0 31 2 *' }, 'never comes'],
    ['0.cronExpression', {}, 'expected string'],
    ['0.timeZone', { ...YEARLY, timeZone: 'Europe/Nowhere' }, 'expected a time zone'],
    ['0.catchUp', { ...YEARLY, catchUp: 'twice' }, 'Invalid option'],
  ])('names a bad field: %s of %j', async (field, schedule, message) => {
    const refused = problemWith(400, 'BAD_REQUEST', {
      errors: { [`schedules.${field}`]: expect.stringContaining(message) },
    });
    const { id } = await make([]);
    expect(await api.client.put(`/api/assistants/${id}`, { schedules: [schedule] })).toMatchObject(refused);
    expect(await api.client.post('/api/assistants', { name: 'A', projectId, schedules: [schedule] })).toMatchObject(
      refused,
    );
  });

  test('refuses two schedules of one id, and more than fifty', async () => {
    const twice = [YEARLY, { ...YEARLY, id: 'a' }, { ...YEARLY, id: 'a' }];
    expect(await api.client.post('/api/assistants', { name: 'A', projectId, schedules: twice })).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { 'schedules.2.id': expect.any(String) } }),
    );
    const many = Array.from({ length: 51 }, () => YEARLY);
    expect(await api.client.post('/api/assistants', { name: 'A', projectId, schedules: many })).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { schedules: expect.any(String) } }),
    );
  });

  test('the whole assistant as it was read changes nothing', async () => {
    const made = await make([{ ...YEARLY, catchUp: 'all' }, YEARLY]);
    await fire(noon(1));
    const standing = await read(made);
    expect((await change(made, standing)).schedules).toEqual(standing.schedules);
  });
});

test('a client that loses ids, zones and policies on the way changes none of them', async () => {
  const zoned = { cronExpression: '0 0 1 1 1 *', timeZone: 'Pacific/Auckland', catchUp: 'all', type: 'CRON' };
  const made = await make([{ ...YEARLY, id: 'first' }, { ...YEARLY, id: 'second', catchUp: 'none' }, zoned]);
  await fire(noon(1));
  const standing = await read(made);
  const lossy = standing.schedules.map(({ cronExpression }) => ({ cronExpression }));
  expect((await change(made, { schedules: lossy })).schedules).toEqual(standing.schedules);
  expect(
    (await change(made, { schedules: [{ id: 'second', cronExpression: '0 0 0 1 1 *' }] })).schedules,
  ).toMatchObject([{ id: 'second', catchUp: 'none', timeZone: 'UTC' }]);
});

describe('while the execution of the last tick is unfinished', () => {
  const statuses = async (assistant: { id: string }) =>
    (await executionsOf(assistant)).map(({ status }) => status).sort();
  const finish = (assistant: { id: string }, at = new Date()) =>
    api.db
      .updateTable('executions')
      .set({ status: 2, dedup_key: null, finished_at: at })
      .where('assistant_id', '=', assistant.id)
      .where('status', '=', 0)
      .execute();

  test('a tick runs beside it, unless the schedule says otherwise', async () => {
    const assistant = await make([YEARLY]);
    for (const years of [1, 2]) await fire(noon(years));
    expect(await statuses(assistant)).toEqual(['PENDING', 'PENDING']);
  });

  test('a tick is skipped, if the schedule says so, also without deduplication of events', async () => {
    const assistant = await make([{ ...YEARLY, overlap: 'skip' }], { deduplication: 'off' });
    for (const years of [1, 2]) await fire(noon(years));
    expect(await statuses(assistant)).toEqual(['PENDING', 'SKIPPED']);
    await finish(assistant);
    await fire(noon(3));
    expect(await statuses(assistant)).toEqual(['PENDING', 'SKIPPED', 'SUCCEEDED']);
  });

  test('one tick waits, if the schedule says so, and runs once it is over', async () => {
    const assistant = await make([{ ...YEARLY, catchUp: 'all', overlap: 'queue-one' }]);
    for (const years of [1, 2, 3]) await fire(noon(years));
    expect(await statuses(assistant)).toEqual(['PENDING']);
    await finish(assistant);
    await fire(new Date(noon(3).getTime() + 60_000));
    expect(await statuses(assistant)).toEqual(['PENDING', 'SUCCEEDED']);
    expect((await read(assistant)).schedules).toMatchObject([
      { overlap: 'queue-one', lastEvent: noon(3).toISOString(), nextEvent: noon(4).toISOString() },
    ]);
  });

  test('one that waits is not a missed one, however late it runs', async () => {
    const after = (instant: Date, minutes: number) => new Date(instant.getTime() + minutes * 60_000);
    const assistant = await make([{ ...YEARLY, catchUp: 'none', overlap: 'queue-one' }]);
    for (const years of [1, 2]) await fire(noon(years));
    await finish(assistant, after(noon(2), 10));
    await fire(after(noon(2), 11));
    expect(await statuses(assistant)).toEqual(['PENDING', 'SUCCEEDED']);

    await finish(assistant, after(noon(2), 20));
    await fire(after(noon(3), 11));
    expect(await statuses(assistant), 'nobody was there at the third noon').toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

test('a tick is an execution of that assistant alone, of the lowest default priority', async () => {
  const bystander = await make([], { name: 'Bystander' });
  const assistant = await make([{ ...YEARLY, id: 'yearly' }]);
  expect((await fire(new Date(noon(1).getTime() - 1))).count).toBe(0);
  const { jobs } = await fire(new Date(noon(1).getTime() + 700));

  const [execution] = await executionsOf(assistant);
  expect(jobs).toMatchObject([{ executionId: execution?.id }]);
  expect(execution).toMatchObject({
    ...{ status: 'PENDING', priority: 1, projectId, eventId: expect.any(String) },
    context: { eventType: 'SCHEDULED', scheduleId: 'yearly', scheduleSlot: noon(1).toISOString() },
  });
  expect(await executionsOf(bystander)).toEqual([]);
  expect((await read(assistant)).schedules).toMatchObject([
    { lastEvent: noon(1).toISOString(), nextEvent: noon(2).toISOString() },
  ]);
});

test('an assistant’s own priority is that of its ticks', async () => {
  const assistant = await make([YEARLY], { priorityHint: 77 });
  await fire(noon(1));
  expect(await executionsOf(assistant)).toMatchObject([{ priority: 77 }]);
});

test('each schedule of an assistant ticks, at the same instant too', async () => {
  const assistant = await make([YEARLY, YEARLY, { ...YEARLY, timeZone: 'Pacific/Auckland' }]);
  await fire(noon(1));
  const executions = await executionsOf(assistant);
  expect(executions.map(({ status }) => status)).toEqual(['PENDING', 'PENDING', 'PENDING']);
});

test('twenty schedulers at once, and a clock set back, fire a slot once', async () => {
  const assistant = await make([YEARLY]);
  await Promise.all(Array.from({ length: 20 }, () => fire(noon(1))));
  expect(await executionsOf(assistant)).toHaveLength(1);

  await api.db
    .updateTable('schedules')
    .set({ next_at: noon(1) })
    .where('assistant_id', '=', assistant.id)
    .execute();
  expect(await fire(noon(1))).toEqual({ count: 1, jobs: [] });
  expect(await executionsOf(assistant)).toHaveLength(1);
});

test('a transaction that does not commit leaves the slot to the next one', async () => {
  const assistant = await make([YEARLY]);
  const crash = transaction(api.db, async (tx) => {
    await fireSchedules(tx, { batch: 100, except: [] }, { now: noon(1), priorityDefaults: {} });
    throw new Error('crash');
  });
  await expect(crash).rejects.toThrow('crash');
  expect(await executionsOf(assistant)).toEqual([]);
  await fire(noon(1));
  expect(await executionsOf(assistant)).toHaveLength(1);
});

test('after years without a scheduler each policy fires what it says, once', async () => {
  const catchingUp = async (catchUp?: string) => make([{ ...YEARLY, ...(catchUp && { catchUp }) }], { name: catchUp });
  const [byDefault, none, all] = [await make([YEARLY]), await catchingUp('none'), await catchingUp('all')];
  const now = new Date(noon(3).getTime() + 3_600_000);
  await fire(now);
  await fire(now);
  const slots = async (assistant: Assistant) =>
    (await executionsOf(assistant)).map(({ context }) => context['scheduleSlot']).sort();
  expect(await slots(byDefault)).toEqual([noon(3).toISOString()]);
  expect(await slots(none)).toEqual([]);
  expect(await slots(all)).toEqual([noon(1), noon(2), noon(3)].map((slot) => slot.toISOString()));
  for (const assistant of [byDefault, none, all]) {
    expect((await read(assistant)).schedules).toMatchObject([{ nextEvent: noon(4).toISOString() }]);
  }
});

test('an assistant that is not active does not tick, and takes up from now when it is activated', async () => {
  const assistant = await make([{ ...YEARLY, catchUp: 'all' }]);
  const inactive = await api.client.put<Assistant>(`${pathOf(assistant)}/deactivate`);
  expect(inactive.body.schedules).toMatchObject([{ nextEvent: null }]);
  expect((await fire(noon(2))).count).toBe(0);
  const active = await api.client.put<Assistant>(`${pathOf(assistant)}/activate`);
  expect(active.body.schedules).toMatchObject([{ lastEvent: null, nextEvent: noon(1).toISOString() }]);
  expect(await executionsOf(assistant)).toEqual([]);
});

test('a changed schedule starts anew, one that is left as it is keeps its clock, a removed one is gone', async () => {
  const assistant = await make([
    { ...YEARLY, id: 'kept' },
    { ...YEARLY, id: 'changed' },
    { ...YEARLY, id: 'gone' },
  ]);
  await fire(noon(1));
  await api.db
    .updateTable('schedules')
    .set({ next_at: noon(0) })
    .where('assistant_id', '=', assistant.id)
    .execute();
  const { schedules } = await change(assistant, {
    schedules: [
      { ...YEARLY, id: 'changed', cronExpression: '0 30 12 1 1 *' },
      { ...YEARLY, id: 'kept', catchUp: 'all' },
      { ...YEARLY, id: 'new' },
    ],
  });
  const halfPast = new Date(noon(1).getTime() + 1_800_000);
  expect(schedules).toMatchObject([
    { id: 'changed', lastEvent: noon(1).toISOString(), nextEvent: halfPast.toISOString() },
    { id: 'kept', lastEvent: noon(1).toISOString(), nextEvent: noon(0).toISOString(), catchUp: 'all' },
    { id: 'new', lastEvent: null, nextEvent: noon(1).toISOString() },
  ]);
  expect((await change(assistant, { description: 'the same schedules' })).schedules).toEqual(schedules);
  expect((await change(assistant, { schedules: [] })).schedules).toEqual([]);
  expect((await fire(noon(5))).count).toBe(0);
});

test('the ticks of one organization are not seen by another', async () => {
  const assistant = await make([YEARLY]);
  await fire(noon(1));
  const [execution] = await executionsOf(assistant);
  const stranger = await api.clientOf('stranger', 'admin');
  expect(await stranger.get(`/api/executions/${execution?.id}`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await stranger.put(pathOf(assistant), { schedules: [] })).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect((await read(assistant)).schedules).toHaveLength(1);
});
