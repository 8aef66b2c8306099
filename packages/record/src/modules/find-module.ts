import type { Database, Tx } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';

/** Names one module by its id, or by what a step's ref says. */
export type ModuleName = { organizationId: string } & ({ id: string } | { orgSlug: string; slug: string });

/** The organization's own module, else the one that ships with Gantry; one that is withdrawn where there is no other. */
export async function findModule(db: Database | Tx, name: ModuleName): Promise<Row<'modules'> | undefined> {
  return db
    .selectFrom('modules')
    .selectAll()
    .where((where) =>
      where.or([where('organization_id', '=', name.organizationId), where('organization_id', 'is', null)]),
    )
    .where((where) =>
      'id' in name
        ? where('id', '=', name.id)
        : where.and([where('org_slug', '=', name.orgSlug), where('slug', '=', name.slug)]),
    )
    .orderBy('withdrawn_at', (order) => order.asc().nullsFirst())
    .orderBy('organization_id', (order) => order.asc().nullsLast())
    .limit(1)
    .executeTakeFirst();
}
