import { moduleMetadataSchema } from '@gantry/contracts/module-definition';
import type { ReportedModule } from '@gantry/contracts/worker-report';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';

/** A module that no worker has reported for so long is forgotten. */
const FORGOTTEN_AFTER_DAYS = 30;

/**
 * Writes down what workers report of their module files, so that steps find the modules. What ships with Gantry stays as it
 * is; of two with one name the later counts.
 */
export async function registerModules(tx: Tx, reported: readonly ReportedModule[]): Promise<void> {
  const byName = new Map(reported.map((module) => [`${module.orgSlug}/${module.slug}`, module]));
  // In one order, whoever writes.
  for (const [, module] of [...byName].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { orgSlug, slug, version, name, description, moduleRuntimeRef, options } = module;
    const metadata = moduleMetadataSchema.parse({ kind: 'node', moduleRuntimeRef, options });
    await sql`
      insert into modules (id, org_slug, slug, version, name, description, module_type, metadata, reported_at)
      values (${newId()}, ${orgSlug}, ${slug}, ${version}, ${name}, ${description}, 'model',
        ${JSON.stringify(metadata)}::jsonb, now())
      on conflict (organization_id, org_slug, slug) do update set
        version = excluded.version, name = excluded.name, description = excluded.description,
        metadata = excluded.metadata, reported_at = now(), updated_at = now(),
        change_sequence = modules.change_sequence + 1
      where modules.reported_at is not null
        and (modules.version, modules.name, modules.description, modules.metadata)
          is distinct from (excluded.version, excluded.name, excluded.description, excluded.metadata)`.execute(tx);
  }
  const names = [...byName.keys()];
  await sql`
    update modules set reported_at = now()
    where reported_at < now() - interval '1 hour' and org_slug || '/' || slug = any(${names})`.execute(tx);
  await sql`
    delete from modules where reported_at < now() - make_interval(days => ${FORGOTTEN_AFTER_DAYS})`.execute(tx);
}
