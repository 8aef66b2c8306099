import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { findModule } from './find-module.ts';
import { findModules, moduleAmong } from './find-modules.ts';
import { publishVersion } from './publish-version.ts';
import { withdrawVersion } from './withdraw-version.ts';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
  place = await record.newPlace();
});
afterAll(() => record.close());

const name = (slug: string) => ({ organizationId: place.organizationId, orgSlug: 'acme', slug });
const actor = () => ({ organizationId: place.organizationId, keyId: uuidv7(), keyName: 'tests' });

async function publish(slug: string, version: string): Promise<void> {
  const bundle = { contentRef: 'file', sha256: 'a'.repeat(64), size: 1, files: 1 };
  const metadata = moduleMetadataSchema.parse({ kind: 'script', script: 'return 1', bundle });
  const given = { ...name(slug), version, name: slug, description: null, metadata };
  await publishVersion(record.db, { ...given, sha256: bundle.sha256, contentRef: bundle.contentRef }, actor());
}

const withdraw = (slug: string, version: string) => withdrawVersion(record.db, { ...name(slug), version }, actor());

async function versionFor(slug: string, version: string | null, frozen = false): Promise<string | undefined> {
  const wanted = { ...name(slug), version, frozen };
  const found = moduleAmong(await findModules(record.db, [wanted]), wanted);
  return found?.active ? found.version : undefined;
}

test('of a module without a version no step gets any, but what has frozen one; it is there again with the next', async () => {
  await publish('gone', '1.0.0');
  await publish('gone', '1.1.0');
  await withdraw('gone', '1.1.0');
  await withdraw('gone', '1.0.0');
  expect(await findModule(record.db, name('gone'))).toMatchObject({ version: '1.1.0', withdrawn_at: expect.any(Date) });
  expect(await versionFor('gone', null)).toBeUndefined();
  expect(await versionFor('gone', '1.1.0')).toBeUndefined();
  expect(await versionFor('gone', '1.0.0', true)).toBe('1.0.0');
  await publish('gone', '1.0.0');
  expect(await versionFor('gone', null)).toBe('1.0.0');
});

test('of a module that was only tried out nothing stays', async () => {
  await publish('tried', '0.0.0-dev.abc');
  await withdraw('tried', '0.0.0-dev.abc');
  expect(await findModule(record.db, name('tried'))).toBeUndefined();
});
