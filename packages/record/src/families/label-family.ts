import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

export interface LabelChange {
  organizationId: string;
  familyId: string;
  label: string;
  /** Whether it shall carry the label. */
  labelled: boolean;
}

/** Adds or removes one label; nothing changes if it is so already. False when there is no such family. */
export async function labelFamily(
  db: Database,
  { organizationId, familyId, label, labelled }: LabelChange,
): Promise<boolean> {
  const after = labelled
    ? sql<string[]>`array_append(labels, ${label})`
    : sql<string[]>`array_remove(labels, ${label})`;
  const { numUpdatedRows } = await db
    .updateTable('document_families')
    .set({ labels: after, change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
    .where('organization_id', '=', organizationId)
    .where('id', '=', familyId)
    .where(sql<boolean>`(${label} = any(labels)) <> ${labelled}`)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  const family = await db
    .selectFrom('document_families')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', familyId)
    .executeTakeFirst();
  return family !== undefined;
}
