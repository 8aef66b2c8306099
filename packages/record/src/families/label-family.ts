import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';

export interface LabelChange {
  organizationId: string;
  familyId: string;
  label: string;
  /** Whether it shall carry the label. */
  labelled: boolean;
}

/** Adds or removes one label; nothing changes if it is so already. False when there is no such family. */
export function labelFamily(
  db: Database,
  { organizationId, familyId, label, labelled }: LabelChange,
): Promise<boolean> {
  const after = labelled
    ? sql<string[]>`array_append(labels, ${label})`
    : sql<string[]>`array_remove(labels, ${label})`;
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('document_families')
      .set({ labels: after, change_sequence: sql`change_sequence + 1`, updated_at: sql`now()` })
      .where('organization_id', '=', organizationId)
      .where('id', '=', familyId)
      .where(sql<boolean>`(${label} = any(labels)) <> ${labelled}`)
      .returning(['organization_id', 'id', 'updated_at'])
      .executeTakeFirst();
    if (changed) {
      await announceFamilies(tx, [changed], changed.updated_at);
      return true;
    }
    const family = await tx
      .selectFrom('document_families')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('id', '=', familyId)
      .executeTakeFirst();
    return family !== undefined;
  });
}
