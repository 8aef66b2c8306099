import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDocument } from '../families/add-document.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { addContentUsage, readContentUsage } from './content-usage.ts';
import { type LyingContent, lookAtContents } from './look-at-contents.ts';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
});
beforeEach(async () => {
  place = await record.newPlace();
  await sql`update content_look set due_at = now(), after_ref = null`.execute(record.db);
});
afterAll(() => record.close());

const DAY = 86_400_000;
const lying = (writtenAt = new Date(Date.now() + DAY)): LyingContent => {
  const { organizationId } = place;
  return { ref: `content://${organizationId}/${randomUUID()}`, organizationId, size: 10, writtenAt };
};
/** Looks through a store that has these contents, all of it. */
const look = async (contents: readonly LyingContent[]) => {
  const sorted = contents.toSorted((one, other) => (one.ref < other.ref ? -1 : 1));
  const list = async (after: string | null) => sorted.filter(({ ref }) => after === null || ref > after).slice(0, 2);
  const given = { list, graceMs: 7 * DAY, everyMs: 0 };
  while ((await lookAtContents(record.db, given))?.looked) {}
};
const aWeekLater = () =>
  sql`update unreferenced_contents set noticed_at = now() - interval '8 days'`.execute(record.db);
const discarded = async () => {
  const { rows } = await sql<{ ref: string }>`select ref from discarded_contents`.execute(record.db);
  return rows.map(({ ref }) => ref);
};

test('what nothing refers to for a week is discarded; outputs, what steps wrote and documents stay', async () => {
  const [output, written, document, orphan] = [lying(), lying(), lying(), lying()];
  const old = lying(new Date(Date.now() - DAY));
  const id = await place.execution('RUNNING');
  const facts = factsOf(id, 2);
  const about = { contentType: 'text/plain', name: null, size: 1, sha256: '0' };
  const said = { outputRef: output.ref, outputId: uuidv7(), written: [{ ...about, ref: written.ref }] };
  await record.fold([facts.planned(), facts.started(), facts.finished(0, said)]);
  await addDocument(
    record.db,
    {
      ...{ organizationId: place.organizationId, storeId: 'a/b', projectId: place.projectId, path: 'a.txt' },
      ...{ labels: [], metadata: {}, traceparent: null, content: { ref: document.ref, size: 1, metadata: {} } },
    },
    { now: new Date(), priorityDefaults: {} },
  );
  const all = [output, written, document, orphan, old];

  await look(all);
  expect(await discarded()).toEqual([]);
  await aWeekLater();
  await look(all);
  await look(all);
  expect(await discarded()).toEqual([orphan.ref]);

  await record.db.deleteFrom('executions').where('id', '=', id).execute();
  await record.db.deleteFrom('document_families').where('organization_id', '=', place.organizationId).execute();
  await look(all);
  await aWeekLater();
  await look(all);
  expect((await discarded()).sort()).toEqual([output, written, document, orphan].map(({ ref }) => ref).sort());
});

test('what is referred to again before the week is over is noticed anew', async () => {
  const late = lying();
  await look([late]);
  await aWeekLater();
  const id = await place.execution('RUNNING');
  const facts = factsOf(id, 2);
  await record.fold([
    ...[facts.planned(), facts.started(), facts.finished(0, { outputRef: late.ref, outputId: uuidv7() })],
  ]);
  await look([late]);
  await sql`update execution_steps set output_ref = null where execution_id = ${id}`.execute(record.db);
  await look([late]);
  expect(await discarded()).not.toContain(late.ref);
});

test('the usage of an organization is what was counted, and what was added since', async () => {
  const { organizationId } = place;
  await look([lying(), lying(), lying()]);
  expect(await readContentUsage(record.db, organizationId)).toMatchObject({ bytes: 30 });
  await addContentUsage(record.db, organizationId, 5);
  expect(await readContentUsage(record.db, organizationId)).toMatchObject({ bytes: 35 });
  await look([lying()]);
  expect(await readContentUsage(record.db, organizationId)).toMatchObject({ bytes: 10 });
});

test('two that look at the same time do not do it twice', async () => {
  const contents = [lying()];
  const gate = Promise.withResolvers<LyingContent[]>();
  const given = { graceMs: 0, everyMs: DAY };
  const started = Promise.withResolvers<void>();
  const slow = lookAtContents(record.db, {
    ...given,
    list: () => {
      started.resolve();
      return gate.promise;
    },
  });
  await started.promise;
  expect(await lookAtContents(record.anotherPool(), { ...given, list: async () => contents })).toBeUndefined();
  gate.resolve([]);
  expect(await slow).toEqual({ looked: 0, discarded: 0 });
  expect(await lookAtContents(record.db, { ...given, list: async () => contents })).toBeUndefined();
});
