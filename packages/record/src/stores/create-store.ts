import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { slugCandidates } from '../projects/slug-candidates.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';

export interface NewStore {
  organizationId: string;
  /** Given by its owner, else made. */
  id: string | undefined;
  /** Of the same organization. */
  projectId: string | null;
  name: string;
  orgSlug: string;
  /** Made from the name when left out. */
  slug: string | undefined;
  version: string;
}

/** @returns undefined when the id or the ref is taken */
export function createStore(db: Database, store: NewStore, actor?: Actor): Promise<Row<'stores'> | undefined> {
  return db.transaction().execute(async (tx) => {
    const slugs = store.slug === undefined ? slugCandidates(store.name, 'store') : [store.slug];
    for (const slug of slugs) {
      const created = await tx
        .insertInto('stores')
        .values({
          organization_id: store.organizationId,
          id: store.id ?? newId(),
          project_id: store.projectId,
          org_slug: store.orgSlug,
          slug,
          version: store.version,
          name: store.name,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (created === undefined) continue;
      await audit(tx, actor, { action: 'create', resource: 'store', id: created.id, details: { slug } });
      return created;
    }
    return undefined;
  });
}
