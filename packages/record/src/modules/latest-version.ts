import { isDraft } from '@gantry/contracts/draft-version';
import { latestVersion } from '@gantry/domain/module-version';
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
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

/** Of a module that is there again. */
export const NOT_WITHDRAWN = {
  withdrawn_at: null,
  active: sql<boolean>`modules.active or modules.withdrawn_at is not null`,
};

/**
 * Makes the highest version that is not withdrawn the module that steps get which name no version. Without any the module is
 * withdrawn, or goes if all that there ever was of it were drafts.
 */
export async function takeLatest(
  tx: Transaction<Tables>,
  { organizationId, orgSlug, slug }: NamedModule,
): Promise<void> {
  const named = { organizationId, orgSlug, slug };
  const versions = await versionsOf(tx, named).execute();
  const latest = latestVersion(versions.filter(({ withdrawn_at }) => withdrawn_at === null));
  if (latest === undefined) {
    const shown = latestVersion(versions.filter(({ version }) => !isDraft(version)));
    const module = sql`organization_id = ${organizationId} and org_slug = ${orgSlug} and slug = ${slug}
      and metadata ? 'bundle'`;
    if (shown === undefined) await sql`delete from modules where ${module}`.execute(tx);
    else {
      await sql`
        update modules set version = ${shown.version}, name = ${shown.name}, description = ${shown.description},
          metadata = ${JSON.stringify(shown.metadata)}::jsonb, active = false, withdrawn_at = now(),
          change_sequence = change_sequence + 1, updated_at = now()
        where ${module} and withdrawn_at is null`.execute(tx);
    }
    return;
  }
  const { version, name, description } = latest;
  const said = { version, name, description, metadata: jsonb(latest.metadata) };
  await tx
    .insertInto('modules')
    .values({
      ...said,
      id: newId(),
      organization_id: organizationId,
      org_slug: orgSlug,
      slug,
      module_type: 'model',
      active: true,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'org_slug', 'slug'])
        .doUpdateSet({
          ...said,
          ...NOT_WITHDRAWN,
          change_sequence: sql`modules.change_sequence + 1`,
          updated_at: sql`now()`,
        })
        .where(
          sql<boolean>`modules.withdrawn_at is not null
            or (modules.version, modules.metadata) is distinct from (excluded.version, excluded.metadata)`,
        ),
    )
    .execute();
}
