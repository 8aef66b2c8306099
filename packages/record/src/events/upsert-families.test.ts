import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Place, RecordFixture } from '../test/record-fixture.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const family = (id: string) =>
  record.db
    .selectFrom('document_families')
    .selectAll()
    .where('organization_id', '=', place.organizationId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
type Said = NonNullable<IncomingEvent['documentFamily']>;
const saying = (said: Partial<Said>): Said => ({
  ...{ path: null, contentType: null, labels: null, mixins: null, metadata: null },
  ...said,
});

test('an event that speaks of an unknown one makes it', async () => {
  const documentFamily = saying({ path: 'a.pdf', labels: ['new'], mixins: ['m'], metadata: { pages: 2 } });
  await place.ingest([place.event({ documentFamilyId: 'f', storeId: 'acme/inbox', documentFamily })]);
  expect(await family('f')).toMatchObject({
    ...{ project_id: place.projectId, store_id: 'acme/inbox', path: 'a.pdf', labels: ['new'], mixins: ['m'] },
    ...{ metadata: { pages: 2 }, content_objects: [] },
  });
});

test('what a later event says replaces what was known, what it does not mention stays', async () => {
  const about = (said: Partial<Said>) => place.event({ documentFamilyId: 'f', documentFamily: saying(said) });
  await place.ingest([about({ path: 'a.pdf', labels: ['new', 'old'], metadata: { a: 1 } }), about({ labels: [] })]);
  expect(await family('f')).toMatchObject({ path: 'a.pdf', labels: [], metadata: { a: 1 } });
});

test('each content object is listed once, in the order of arrival', async () => {
  const about = (contentObjectId: string) =>
    place.event({ eventType: 'CONTENT_UPDATED', documentFamilyId: 'f', contentObjectId });
  await place.ingest([about('c1'), about('c2'), about('c1')]);
  await place.ingest([about('c2'), about('c3')]);
  expect((await family('f')).content_objects.map(({ id, index }) => [id, index])).toEqual([
    ['c1', 0],
    ['c2', 1],
    ['c3', 2],
  ]);
});

test('its list of versions stays bounded: the newest are kept', async () => {
  const about = (index: number) =>
    place.event({ eventType: 'CONTENT_UPDATED', documentFamilyId: 'f', contentObjectId: `c${index}` });
  await place.ingest(Array.from({ length: 1_003 }, (_, index) => about(index)));
  const objects = (await family('f')).content_objects;
  expect(objects).toHaveLength(1_000);
  expect(objects.at(-1)).toMatchObject({ id: 'c1002', index: 1_002 });
});

test('a path stays with the family that has it, also when both come at once', async () => {
  const at = (documentFamilyId: string, path: string) =>
    place.event({ documentFamilyId, storeId: 'acme/inbox', documentFamily: saying({ path }) });
  await place.ingest([at('f1', 'a.pdf'), at('f2', 'a.pdf'), at('f3', 'c.pdf')]);
  await place.ingest([at('f3', 'a.pdf'), at('f4', 'a.pdf')]);
  const paths = await Promise.all(['f1', 'f2', 'f3', 'f4'].map(async (id) => (await family(id)).path));
  expect(paths).toEqual(['a.pdf', null, 'c.pdf', null]);
});

test('a path that is taken in the store a family gets later is given up', async () => {
  const documentFamily = saying({ path: 'a.pdf' });
  await place.ingest([place.event({ documentFamilyId: 'f1', storeId: 'acme/inbox', documentFamily })]);
  await place.ingest([place.event({ documentFamilyId: 'f2', documentFamily })]);
  expect((await family('f2')).path).toBe('a.pdf');
  await place.ingest([place.event({ documentFamilyId: 'f2', storeId: 'acme/inbox' })]);
  expect(await family('f2')).toMatchObject({ store_id: 'acme/inbox', path: null });
});
