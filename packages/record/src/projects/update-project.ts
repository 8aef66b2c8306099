import { sql } from 'kysely';
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
): Promise<ChangeOutcome<Row<'projects'>> | { outcome: 'slug-taken' }> {
  try {
    const changed = await db
      .updateTable('projects')
      .set({ ...values, change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
      .returningAll()
      .executeTakeFirst();
    return await changeOutcome(changed, () => findProject(db, { organizationId, id }));
  } catch (error) {
    if (isUniqueViolation(error, 'projects_organization_id_slug_key')) return { outcome: 'slug-taken' };
    throw error;
  }
}
