import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { findModule } from './find-module.ts';
import { versionsOf } from './find-version.ts';
import { lockModule, takeLatest } from './latest-version.ts';
import { reservedName } from './reserved-names.ts';

/** Of one module. */
const MAX_VERSIONS = 1_000;

export interface NewVersion {
  organizationId: string;
  orgSlug: string;
  slug: string;
  version: string;
  name: string;
  description: string | null;
  metadata: ModuleMetadata;
  sha256: string;
  contentRef: string;
}

export type Published =
  | { outcome: 'published'; row: Row<'module_versions'> }
  /** It was published before with the same files: the content that is kept is that one's. */
  | { outcome: 'same'; row: Row<'module_versions'> }
  | { outcome: 'other-files' | 'built-in' | 'too-many' }
  | { outcome: 'reserved'; name: string };

/**
 * Keeps a version of a module. Steps that name no version get it from now on if it is the highest one. A version that was
 * withdrawn is back when it is published again.
 */
export function publishVersion(db: Database, given: NewVersion, actor: Actor): Promise<Published> {
  const { organizationId, orgSlug, slug, version } = given;
  return db.transaction().execute(async (tx) => {
    await lockModule(tx, given);
    const standing = await findModule(tx, given);
    if (standing?.organization_id === null && standing.reported_at === null) return { outcome: 'built-in' };
    const names = [`${orgSlug}/${slug}`, given.metadata.moduleRuntimeRef];
    const name = await reservedName(tx, organizationId, names);
    if (name !== undefined) return { outcome: 'reserved', name };
    const versions = await versionsOf(tx, given).execute();
    const before = versions.find((one) => one.version === version);
    if (before !== undefined && !isSame(before, given)) return { outcome: 'other-files' };
    if (before?.withdrawn_at === null) return { outcome: 'same', row: before };
    if (before === undefined && versions.length >= MAX_VERSIONS) return { outcome: 'too-many' };
    const said = {
      metadata: jsonb(given.metadata),
      content_ref: given.contentRef,
      published_by: actor.keyName,
    };
    const row = before
      ? await tx
          .updateTable('module_versions')
          .set({ ...said, published_at: sql`now()`, withdrawn_at: null })
          .where('id', '=', before.id)
          .returningAll()
          .executeTakeFirstOrThrow()
      : await tx
          .insertInto('module_versions')
          .values({
            ...said,
            id: newId(),
            organization_id: organizationId,
            org_slug: orgSlug,
            slug,
            version,
            name: given.name,
            description: given.description,
            sha256: given.sha256,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
    await takeLatest(tx, given);
    const details = { ref: `${orgSlug}/${slug}:${version}`, sha256: given.sha256 };
    await audit(tx, actor, { action: 'publish', resource: 'module', id: row.id, details });
    return { outcome: 'published', row };
  });
}

/** The same files, run in the same way. */
function isSame(before: Row<'module_versions'>, given: NewVersion): boolean {
  return before.sha256 === given.sha256 && sayings(before.metadata) === sayings(given.metadata);
}

function sayings({ bundle, ...metadata }: ModuleMetadata): string {
  const sorted = Object.entries({ ...metadata, entry: bundle?.entry ?? null }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  // Postgres keeps the keys of objects in an order of its own, and options say little of what runs.
  return JSON.stringify(sorted.filter(([name, value]) => name !== 'options' && value != null));
}
