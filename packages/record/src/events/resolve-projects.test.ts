import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createStore } from '../stores/create-store.ts';
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

describe('stores', () => {
  const stores = () =>
    record.db
      .selectFrom('stores')
      .selectAll()
      .where('organization_id', '=', place.organizationId)
      .orderBy('id')
      .execute();

  test('one that nobody created is created, bound to the project of the event', async () => {
    await place.ingest([place.event({ storeId: 's1' }), place.event({ storeId: 'acme/inbox:2.0.0' })]);
    const { projectId: project_id } = place;
    expect(await stores()).toMatchObject([
      { id: 'acme/inbox:2.0.0', org_slug: 'acme', slug: 'inbox', version: '2.0.0', name: 'inbox', project_id },
      { id: 's1', org_slug: 'local', slug: 's1', version: '1.0.0', name: 's1', project_id },
    ]);
  });

  test('several names of one new store make one', async () => {
    const names = ['acme/inbox', 'acme/inbox:1.0.0', 'other', 'local/other'];
    const results = await place.ingest(names.map((storeId) => place.event({ storeId })));
    for (const result of results) expect(result.ok).toBe(true);
    expect(await stores()).toHaveLength(2);
    await place.ingest(names.map((storeId) => place.event({ storeId })));
    expect(await stores()).toHaveLength(2);
  });

  test.each(['s1', 'acme/inbox', 'acme/inbox:1.0.0'])(
    'one without a project is bound to that of the event (%s)',
    async (storeId) => {
      const { organizationId, projectId } = place;
      await createStore(record.db, {
        ...{ organizationId, projectId: null, id: 's1', name: 'Inbox' },
        ...{ orgSlug: 'acme', slug: 'inbox', version: '1.0.0' },
      });
      const [result] = await place.ingest([place.event({ storeId })]);
      accepted(result);
      expect(await stores()).toMatchObject([{ id: 's1', project_id: projectId }]);
    },
  );

  test('a project of another organization gets none', async () => {
    const { projectId } = await record.newPlace();
    expect(await place.ingest([place.event({ storeId: 's1', projectId })])).toMatchObject([
      { ok: false, code: 'PROJECT_NOT_FOUND', field: 'projectId' },
    ]);
    expect(await stores()).toEqual([]);
  });
});

describe('the project of an event that names none', () => {
  const none = { projectId: null, documentFamilyId: null };
  const projectsOf = async (...fields: Parameters<Place['event']>[0][]) => {
    const results = await place.ingest(fields.map((event) => place.event({ ...none, ...event })));
    return Promise.all(
      results.map(async (result) => {
        if (!result.ok) return result.code;
        const query = record.db.selectFrom('events').select('project_id').where('id', '=', result.eventId);
        return (await query.executeTakeFirstOrThrow()).project_id;
      }),
    );
  };

  test('is that of its store', async () => {
    await place.ingest([place.event({ storeId: 's1' })]);
    expect(await projectsOf({ storeId: 's1' }, { storeId: 's2' })).toEqual([place.projectId, 'PROJECT_REQUIRED']);
  });

  test('else that of its document family', async () => {
    await place.ingest([place.event({ documentFamilyId: 'f' })]);
    expect(await projectsOf({ documentFamilyId: 'f' }, { documentFamilyId: 'g' })).toEqual([
      place.projectId,
      'PROJECT_REQUIRED',
    ]);
  });

  test('else the only one whose assistants listen to its channel', async () => {
    const other = await place.newProject();
    const listening = (...channels: string[]) => ({
      connections: channels.map((sourceRef) => ({ sourceType: 'CHANNEL' as const, sourceRef })),
    });
    await place.assistant(listening('mine', 'both'));
    await place.assistant(listening('mine'));
    await place.assistant(listening('both'), other);
    await place.assistant({ ...listening('asleep'), active: false });
    await (await record.newPlace()).assistant(listening('foreign'));
    const eventType = 'CHANNEL_MESSAGE_CREATED';
    const channels = ['mine', 'both', 'asleep', 'foreign'].map((channelId) => ({ eventType, channelId }));
    const no = 'PROJECT_REQUIRED';
    expect(await projectsOf(...channels)).toEqual([place.projectId, no, no, no]);
  });

  test('a family or channel that is named like nothing lends its project to nobody', async () => {
    await place.ingest([place.event({ documentFamilyId: 'null' })]);
    await place.assistant({ connections: [{ sourceType: 'CHANNEL', sourceRef: 'null' }] });
    const named = { eventType: 'CHANNEL_MESSAGE_CREATED', documentFamilyId: 'null', channelId: 'null' };
    expect(await projectsOf(named, {})).toEqual([place.projectId, 'PROJECT_REQUIRED']);
  });

  test('must be there, and be the store’s', async () => {
    await place.ingest([place.event({ storeId: 's1' })]);
    const other = await place.newProject();
    expect(
      await projectsOf({ projectId: uuidv7() }, { projectId: 'not a uuid' }, { projectId: other, storeId: 's1' }),
    ).toEqual(['PROJECT_NOT_FOUND', 'PROJECT_NOT_FOUND', 'PROJECT_MISMATCH']);
  });
});
