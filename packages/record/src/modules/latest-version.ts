import { latestVersion } from '@gantry/domain/module-version';
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { jsonb } from '../connection/database.ts';
import type { Tables } from '../schema/tables.ts';
import { versionsOf } from './find-version.ts';

interface NamedModule {
  organizationId: string;
  orgSlug: string;
  slug: string;
}

/** Whoever publishes or withdraws versions of one module does so one after another. */
export async function lockModule(
  tx: Transaction<Tables>,
  { organizationId, orgSlug, slug }: NamedModule,
): Promise<void> {
  const name = `module ${organizationId} ${orgSlug}/${slug}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

/** Makes the highest version that is not withdrawn the module that steps get which name no version; without any it goes. */
export async function takeLatest(
  tx: Transaction<Tables>,
  { organizationId, orgSlug, slug }: NamedModule,
): Promise<void> {
  const named = { organizationId, orgSlug, slug };
  const latest = latestVersion(await versionsOf(tx, named).where('withdrawn_at', 'is', null).execute());
  if (latest === undefined) {
    await tx
      .deleteFrom('modules')
      .where('organization_id', '=', organizationId)
      .where('org_slug', '=', orgSlug)
      .where('slug', '=', slug)
      .where(sql<boolean>`metadata ? 'bundle'`)
      .execute();
    return;
  }
  const { version, name, description } = latest;
  const said = { version, name, description, metadata: jsonb(latest.metadata) };
  await tx
    .insertInto('modules')
    .values({
      ...said,
      id: uuidv7(),
      organization_id: organizationId,
      org_slug: orgSlug,
      slug,
      module_type: 'model',
      active: true,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'org_slug', 'slug'])
        .doUpdateSet({ ...said, change_sequence: sql`modules.change_sequence + 1`, updated_at: sql`now()` })
        .where(
          sql<boolean>`(modules.version, modules.metadata) is distinct from (excluded.version, excluded.metadata)`,
        ),
    )
    .execute();
}
