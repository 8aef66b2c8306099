import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { createModule } from './create-module.ts';
import { findModules, moduleKey } from './find-modules.ts';
import { type ReservedNames, reservedName, reserveNames } from './reserved-names.ts';

let record: RecordFixture;
let place: Place;
let other: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
  [place, other] = [await record.newPlace(), await record.newPlace()];
  for (const slug of ['shared', 'taken']) {
    await sql`
      insert into modules (id, org_slug, slug, version, name, module_type, metadata)
      values (${uuidv7()}, 'gantry', ${slug}, '1.0.0', 'built in', 'MODEL', '{}')`.execute(record.db);
  }
  await save(place, 'mine');
  await save(other, 'theirs');
  // Whoever had it before it shipped with Gantry keeps it.
  await sql`
    insert into modules (id, organization_id, org_slug, slug, version, name, module_type, metadata, active)
    values (${uuidv7()}, ${place.organizationId}, 'gantry', 'taken', '9.0.0', 'own', 'MODEL', '{}', false)`.execute(
    record.db,
  );
});
afterAll(() => record.close());

async function save({ organizationId }: Place, slug: string): Promise<void> {
  await createModule(record.db, {
    ...{ organizationId, orgSlug: 'acme', slug, version: '2.0.0', name: slug, description: null },
    ...{ moduleType: 'MODEL', active: true },
    metadata: moduleMetadataSchema.parse({ moduleRuntimeRef: 'acme/gpu', timeoutSeconds: 5 }),
  });
}

const named = ({ organizationId }: Place, orgSlug: string, slug: string) => ({
  ...{ organizationId, orgSlug, slug, version: null },
});

test('finds an organization’s own, else the one that ships with Gantry, and none of another’s', async () => {
  const wanted = [
    named(place, 'acme', 'mine'),
    named(place, 'gantry', 'shared'),
    named(place, 'gantry', 'taken'),
    named(other, 'gantry', 'taken'),
    named(place, 'acme', 'theirs'),
    named(place, 'acme', 'unknown'),
  ];
  const found = await findModules(record.db, wanted);
  expect(wanted.map((module) => found.get(moduleKey(module))?.version)).toEqual([
    '2.0.0',
    '1.0.0',
    '9.0.0',
    '1.0.0',
    undefined,
    undefined,
  ]);
  expect(found.size).toBe(4);
});

test('says what a plan needs', async () => {
  const wanted = [named(place, 'acme', 'mine'), named(place, 'acme', 'mine'), named(place, 'gantry', 'taken')];
  const found = await findModules(record.db, wanted);
  expect(found.get(moduleKey(named(place, 'acme', 'mine')))).toMatchObject({
    ...{ orgSlug: 'acme', slug: 'mine', active: true },
    metadata: { kind: 'node', moduleRuntimeRef: 'acme/gpu', timeoutSeconds: 5 },
  });
  expect(found.get(moduleKey(named(place, 'gantry', 'taken')))).toMatchObject({ active: false });
});

test('nothing wanted: nothing found', async () => {
  expect(await findModules(record.db, [])).toEqual(new Map());
});

test('a name that is reserved for others is not found, whoever saved it before; the longer name counts', async () => {
  const keys = (names: string[][]) => names.map(([orgSlug = '', slug = '']) => named(place, orgSlug, slug));
  const wanted = keys([
    ['acme', 'mine'],
    ['gantry', 'shared'],
  ]);
  const foundWith = async (reserved: ReservedNames) => {
    await reserveNames(record.db, reserved);
    const found = await findModules(record.db, wanted);
    return wanted.map((module) => found.has(moduleKey(module)));
  };
  const { slug } = await record.db
    .selectFrom('organizations')
    .select('slug')
    .where('id', '=', place.organizationId)
    .executeTakeFirstOrThrow();
  expect(await foundWith({ acme: [] })).toEqual([false, true]);
  expect(await foundWith({ acme: [slug], 'gantry/default': [] })).toEqual([true, false]);
  expect(await foundWith({ acme: [], 'acme/mine': [slug], 'acme/gpu': [slug] })).toEqual([true, true]);
  await reserveNames(record.db, { acme: [] });
  expect(await reservedName(record.db, place.organizationId, ['gantry/shared', 'acme/mine'])).toBe('acme/mine');
  expect(await foundWith({})).toEqual([true, true]);
});
