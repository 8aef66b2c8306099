import type { JsonObject } from '@gantry/domain/json';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jsonb } from '../connection/database.ts';
import { createStore } from '../stores/create-store.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

async function heardBy(...events: Parameters<Place['event']>[0][]) {
  const results = await place.ingest(events.map((fields) => place.event(fields)));
  return results.map((result) => accepted(result).executions.map(({ assistantId }) => assistantId));
}

describe('who hears an event', () => {
  test('every active assistant of the project, oldest first, and nobody of another project', async () => {
    const first = await place.assistant();
    const second = await place.assistant();
    await place.assistant({ active: false });
    await place.assistant({}, await place.newProject());
    await (await record.newPlace()).assistant();
    expect(await heardBy({})).toEqual([[first.id, second.id]]);
  });

  test('those that subscribe to its type', async () => {
    const { id } = await place.assistant({ subscription: 'TASK_CREATED,TASK_UPDATED' });
    expect(await heardBy({ eventType: 'TASK_CREATED', taskId: 't' }, { eventType: 'CONTENT_CREATED' })).toEqual([
      [id],
      [],
    ]);
  });

  test.each([
    ['STORE', 'acme/inbox:1.0.0', { storeId: 'acme/inbox' }],
    ['CHANNEL', 'ch', { eventType: 'CHANNEL_MESSAGE_CREATED', channelId: 'ch' }],
    ['DOCUMENT_FAMILY', 'f', { documentFamilyId: 'f' }],
    ['TASK', 't', { eventType: 'TASK_CREATED', taskId: 't' }],
    ['WORKSPACE', 'w', { eventType: 'WORKSPACE_UPDATED', data: { workspaceId: 'w' } }],
  ] as const)('those connected to its %s', async (sourceType, sourceRef, event) => {
    const { id } = await place.assistant({ connections: [{ sourceType, sourceRef }] });
    await place.assistant({ connections: [{ sourceType, sourceRef: 'another' }] });
    expect(await heardBy(event, { storeId: 'acme/elsewhere' })).toEqual([[id], []]);
  });

  test.each([
    ['by id', 's1'],
    ['by ref', 'acme/inbox'],
    ['by ref with version', 'acme/inbox:1.0.0'],
  ])('a store is the same %s', async (_how, sourceRef) => {
    const { organizationId, projectId } = place;
    await createStore(record.db, {
      ...{ organizationId, projectId, id: 's1', name: 'Inbox' },
      ...{ orgSlug: 'acme', slug: 'inbox', version: '1.0.0' },
    });
    const { id } = await place.assistant({ connections: [{ sourceType: 'STORE', sourceRef }] });
    const stores = ['s1', 'acme/inbox', 'acme/inbox:1.0.0'];
    expect(await heardBy(...stores.map((storeId) => ({ storeId })))).toEqual([[id], [id], [id]]);
  });

  test('those connected to the store that its document family is in', async () => {
    const { id } = await place.assistant({ connections: [{ sourceType: 'STORE', sourceRef: 'acme/inbox' }] });
    await heardBy({ documentFamilyId: 'f', storeId: 'acme/inbox' });
    expect(await heardBy({ documentFamilyId: 'f', eventType: 'DOCUMENT_FAMILY_UPDATED' })).toEqual([[id]]);
  });

  test('the one assistant that it calls by name, whatever that subscribes to', async () => {
    const called = await place.assistant({ subscription: 'TASK_CREATED' });
    const off = await place.assistant({ active: false });
    await place.assistant();
    expect(await heardBy({ assistantId: called.id }, { assistantId: off.id })).toEqual([[called.id], []]);
  });

  test('nobody: it is stored all the same', async () => {
    const [result] = await place.ingest([place.event()]);
    expect(accepted(result)).toMatchObject({ duplicate: false, executions: [] });
  });
});

describe('priority', () => {
  const priorities = async (...args: Parameters<Place['ingest']>) =>
    (await place.ingest(...args)).flatMap((result) => accepted(result).executions.map(({ priority }) => priority));

  test('the event’s own, else the hint of the assistant, else the default of the type', async () => {
    await place.assistant();
    expect(
      await priorities([
        place.event({ priority: 900 }),
        place.event(),
        place.event({ eventType: 'TASK_CREATED', taskId: 't' }),
        place.event({ eventType: 'ORDER_SHIPPED' }),
      ]),
    ).toEqual([900, 5, 6, 4]);
    expect(await priorities([place.event()], { priorityDefaults: { DOCUMENT_FAMILY_CREATED: 77 } })).toEqual([77]);
  });

  test('the hint goes before configured defaults, 0 counts', async () => {
    await place.assistant({ priorityHint: 0 });
    const options = { priorityDefaults: { DOCUMENT_FAMILY_CREATED: 77 } };
    expect(await priorities([place.event(), place.event({ priority: 1000 })], options)).toEqual([0, 1000]);
  });
});

test('an execution takes over what the event says and what its assistant works with', async () => {
  const assistant = await place.assistant({
    timeoutSeconds: 60,
    loggingEnabled: false,
    deleteLoggingOnSuccess: true,
    options: {
      taxonomies: ['acme/taxonomy', { ref: 'acme/other:1' }, { name: 'unnamed' }],
      complete_label: 'done',
      pipeline: { steps: [{ ref: 'gantry/echo', options: { a: 1 } }] },
    },
  });
  const event = place.event({
    eventType: 'CONTENT_CREATED',
    documentFamilyId: 'f',
    contentObjectId: 'c',
    storeId: 'acme/inbox',
    data: { customer: 'Jo', eventType: 'not this' },
  });
  const {
    result: [result],
    after,
  } = await place.ingested([event]);
  const [{ id } = { id: '' }] = accepted(result).executions;
  const row = await record.execution(id);
  expect(row).toMatchObject({
    ...{ organization_id: place.organizationId, project_id: place.projectId, assistant_id: assistant.id },
    ...{ event_id: accepted(result).eventId, document_family_id: 'f', parent_execution_id: null, cause_depth: 0 },
    ...{ status: 0, epoch: 0, timeout_seconds: 60, logging_enabled: false, delete_logging_on_success: true },
    ...{ complete_label: 'done', dedup_key: 'CONTENT_CREATED:10:acme/inbox:1:f:c' },
    pipeline: { steps: [{ ref: 'gantry/echo', options: { a: 1 } }] },
    context: {
      ...{ eventType: 'CONTENT_CREATED', documentFamilyId: 'f', contentObjectId: 'c', storeId: 'acme/inbox' },
      ...{ customer: 'Jo', completeLabel: 'done' },
      taxonomyRefs: ['acme/taxonomy', 'acme/other:1', { name: 'unnamed' }],
    },
  });
  expect(after.enqueue).toEqual([
    expect.objectContaining({
      ...{ executionId: id, organizationId: place.organizationId, epoch: 1, priority: 5, firstStep: 0 },
      ...{ context: row.context, parameters: {}, steps: row.pipeline.steps },
      input: { output: null, outputRef: null, outputId: null },
      documentFamily: { id: 'f', storeId: 'acme/inbox', path: null, labels: [], mixins: [], metadata: {} },
      contentObject: expect.objectContaining({ id: 'c', contentType: 'DOCUMENT', index: 0 }),
    }),
  ]);
});

test('one bad event does not sink the others', async () => {
  await place.assistant();
  const unknown = uuidv7();
  const results = await place.ingest([
    place.event(),
    place.event({ projectId: unknown, storeId: 'new', documentFamilyId: 'f' }),
    place.event({ projectId: 'not a uuid', storeId: 'new too' }),
    place.event({ projectId: null, storeId: null }),
    place.event({ causeDepth: 17 }),
    place.event(),
  ]);
  expect(results).toMatchObject([
    { ok: true, executions: [{ status: 'PENDING' }] },
    { ok: false, code: 'PROJECT_NOT_FOUND', field: 'projectId', message: `There is no project ${unknown}.` },
    { ok: false, code: 'PROJECT_NOT_FOUND', field: 'projectId' },
    { ok: false, code: 'PROJECT_REQUIRED', field: 'projectId' },
    { ok: false, code: 'CAUSE_TOO_DEEP', field: null },
    { ok: true, executions: [{ status: 'PENDING' }] },
  ]);
});

test.each([
  ['that nobody has', () => uuidv7()],
  ['of another organization', async () => (await record.newPlace()).projectId],
])('an event of a project %s is refused and leaves nothing behind, its neighbours are taken', async (_whose, id) => {
  await place.assistant();
  const about = (documentFamilyId: string) => ({
    documentFamilyId,
    documentFamily: { path: null, contentType: null, labels: ['said'], mixins: null, metadata: null },
  });
  const results = await place.ingest([
    place.event(about('own')),
    place.event({ ...about('refused'), projectId: await id() }),
    place.event({ ...about('own'), projectId: await id() }),
  ]);
  expect(results).toMatchObject([{ ok: true }, { code: 'PROJECT_NOT_FOUND' }, { code: 'PROJECT_NOT_FOUND' }]);
  const families = record.db.selectFrom('document_families').where('organization_id', '=', place.organizationId);
  expect(await families.select(['id', 'project_id']).execute()).toEqual([{ id: 'own', project_id: place.projectId }]);
  const events = record.db.selectFrom('events').where('organization_id', '=', place.organizationId);
  expect(await events.select('project_id').execute()).toEqual([{ project_id: place.projectId }]);
});

test('what is enqueued has the definitions of its modules, as many as there are', async () => {
  const steps = ['gantry/noop', 'gantry/nothing'].map((ref) => ({ ref }));
  await record.db
    .insertInto('modules')
    .values({
      ...{ id: uuidv7(), organization_id: place.organizationId, org_slug: 'gantry', slug: 'noop', name: 'Noop' },
      ...{ version: '1.0.0', description: null, module_type: 'TRANSFORM', active: true },
      metadata: jsonb({ kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] }),
    })
    .execute();
  await place.assistant({ options: { pipeline: { steps } } });
  const { after } = await place.ingested([place.event(), place.event()]);
  const found = [`${place.organizationId} gantry/noop`, { slug: 'noop', version: '1.0.0', active: true }];
  expect(after.enqueue).toMatchObject([{ modules: { found: [found] } }, { modules: { found: [found] } }]);
});

test.each([
  ['of no document', {}],
  ['of a document', { documentFamilyId: 'f' }],
])('an event %s is refused when Postgres is, and taken once that is over', async (_which, fields) => {
  await sql`alter table webhooks rename to elsewhere`.execute(record.db);
  const refused = place.ingest([place.event(fields)]);
  await expect(refused).rejects.toThrow();
  await sql`alter table elsewhere rename to webhooks`.execute(record.db);
  expect(await place.ingest([place.event(fields)])).toMatchObject([{ ok: true }]);
});

describe('an event that is sent again', () => {
  test('creates nothing, and gives its executions with their present statuses', async () => {
    await place.assistant();
    await place.assistant();
    const event = place.event({ externalId: 'e1' });
    const [first] = await place.ingest([event]);
    const { eventId, executions } = accepted(first);
    const [done, waiting] = executions;
    await record.fold(factsOf(done?.id ?? '').success());
    const [again] = await place.ingest([{ ...event, data: { something: 'else' } }]);
    expect(again).toEqual({
      ...{ ok: true, eventId, duplicate: true },
      executions: [{ ...done, status: 'SUCCEEDED' }, waiting],
    });
  });

  test('in the same batch is the same event', async () => {
    await place.assistant();
    const event = place.event({ externalId: 'e1' });
    const [first, second, other] = (await place.ingest([event, event, place.event()])).map(accepted);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(other?.eventId).not.toBe(first?.eventId);
  });

  test('by many at once is the same event', async () => {
    await place.assistant();
    const event = place.event({ externalId: 'e1' });
    const commits = await Promise.all(Array.from({ length: 40 }, () => place.ingested([event])));
    const results = commits.flatMap(({ result }) => result).map(accepted);
    expect(new Set(results.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(results.flatMap(({ executions }) => executions.map(({ id }) => id))).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(commits.flatMap(({ after }) => after.enqueue)).toHaveLength(1);
  });

  test('under another source, to another organization or without an id, is another event', async () => {
    const other = await record.newPlace();
    const event = place.event({ externalId: 'e1' });
    const mine = await place.ingest([event, { ...event, source: 'mail' }, place.event(), place.event()]);
    const theirs = await other.ingest([other.event({ externalId: 'e1' })]);
    expect(new Set([...mine, ...theirs].map((result) => accepted(result).eventId)).size).toBe(5);
  });
});

describe('an event that costs too much to decide on', () => {
  const metadata = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
  const dear = { subscription: `${'!metadata or '.repeat(200)} False` };
  const about = (documentFamilyId: string, said: JsonObject) => ({
    documentFamilyId,
    documentFamily: { path: 'a.pdf', contentType: null, labels: null, mixins: null, metadata: said },
  });

  test('is refused, and nothing of it is stored; its neighbours are taken', async () => {
    for (let index = 0; index < 30; index += 1) await place.assistant(dear);
    const { id } = await place.assistant({ subscription: "metadata.key7 == 7 or 'a' in metadata" });
    const other = await record.newPlace();
    const neighbour = await other.assistant();

    const events = [place.event(about('f', metadata)), place.event(about('g', { a: 1 })), other.event({})];
    const [refused, ...taken] = await place.ingest(events);
    expect(refused).toMatchObject({ ok: false, code: 'SUBSCRIPTIONS_TOO_COSTLY' });
    expect(taken.map((result) => accepted(result).executions.map(({ assistantId }) => assistantId))).toEqual([
      [id],
      [neighbour.id],
    ]);
    const families = await record.db
      .selectFrom('document_families')
      .select('id')
      .where('organization_id', '=', place.organizationId)
      .execute();
    expect(families).toEqual([{ id: 'g' }]);
  });

  test('is not created where an execution causes it, which succeeds all the same', async () => {
    await place.assistant({ subscription: 'CONTENT_CREATED', options: { complete_label: 'done' } });
    const event = { eventType: 'CONTENT_CREATED', contentObjectId: 'c', ...about('f', metadata) };
    const [result = missing()] = await place.ingest([place.event(event)]);
    const [execution = missing()] = accepted(result).executions;
    for (let index = 0; index < 30; index += 1) await place.assistant(dear);
    const { planned, started, finished } = factsOf(execution.id);
    const folded = await record.fold([planned(), started(), finished(0)]);
    expect(folded.refused).toMatchObject([{ executionId: execution.id, code: 'SUBSCRIPTIONS_TOO_COSTLY' }]);
    expect(folded.ended).toMatchObject([{ executionId: execution.id, status: 'SUCCEEDED' }]);
  });
});

function missing(): never {
  throw new Error('nothing came of the event');
}
