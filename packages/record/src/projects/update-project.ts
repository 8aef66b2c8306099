import { sql } from 'kysely';
import { type Actor, audit, givenFields } from '../audit/audit.ts';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import type { Database } from '../connection/database.ts';
import { isUniqueViolation } from '../connection/database-error.ts';
import type { Row } from '../schema/tables.ts';
import { findProject } from './find-project.ts';

export interface ProjectChange {
  organizationId: string;
  id: string;
  /** The change sequence that was read; null: no check. */
  changeSequence: number | null;
  /** What is undefined stays. */
  values: { name?: string | undefined; slug?: string | undefined; description?: string | null | undefined };
}

export async function updateProject(
  db: Database,
  { organizationId, id, changeSequence, values }: ProjectChange,
  actor?: Actor,
): Promise<ChangeOutcome<Row<'projects'>> | { outcome: 'slug-taken' }> {
  try {
    return await db.transaction().execute(async (tx) => {
      const changed = await tx
        .updateTable('projects')
        .set({ ...values, change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
        .returningAll()
        .executeTakeFirst();
      if (changed) {
        const details = { name: changed.name, fields: givenFields(values) };
        await audit(tx, actor, { action: 'update', resource: 'project', id, details });
      }
      return changeOutcome(changed, () => findProject(tx, { organizationId, id }));
    });
  } catch (error) {
    if (isUniqueViolation(error, 'projects_organization_id_slug_key')) return { outcome: 'slug-taken' };
    throw error;
  }
}
