import { type Actor, audit } from '../audit/audit.ts';
import type { Database } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { slugCandidates } from './slug-candidates.ts';

export interface NewProject {
  organizationId: string;
  name: string;
  /** Made from the name when left out. */
  slug: string | undefined;
  description: string | null;
}

/** @returns undefined when the slug is taken */
export function createProject(
  db: Database,
  { organizationId, name, slug, description }: NewProject,
  actor?: Actor,
): Promise<Row<'projects'> | undefined> {
  return db.transaction().execute(async (tx) => {
    for (const candidate of slug === undefined ? slugCandidates(name, 'project') : [slug]) {
      const project = await tx
        .insertInto('projects')
        .values({ id: newId(), organization_id: organizationId, name, slug: candidate, description })
        .onConflict((conflict) => conflict.columns(['organization_id', 'slug']).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (project === undefined) continue;
      await audit(tx, actor, { action: 'create', resource: 'project', id: project.id, details: { name } });
      return project;
    }
    return undefined;
  });
}
