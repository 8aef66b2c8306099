import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';
import { type CausedEvent, causedEvent } from './caused-events.ts';
import type { FoldedExecution } from './save-states.ts';

interface Family {
  organization_id: string;
  id: string;
}

/**
 * Labels the families of succeeded executions with their complete label.
 * @returns an event for each family that did not have the label yet
 */
export async function completeFamilies(
  tx: Tx,
  succeeded: readonly FoldedExecution[],
  now: Date,
): Promise<CausedEvent[]> {
  const events: CausedEvent[] = [];
  const labelled: Family[] = [];
  for (const execution of succeeded) {
    const { complete_label: label, document_family_id: familyId, organization_id: organizationId } = execution.row;
    if (label === null || familyId === null) continue;
    const { rows } = await sql<Family>`
      update document_families set labels = array_append(labels, ${label}), updated_at = ${now},
        change_sequence = change_sequence + 1
      where organization_id = ${organizationId} and id = ${familyId} and not (${label} = any(labels))
      returning organization_id, id`.execute(tx);
    labelled.push(...rows);
    if (rows.length > 0) {
      events.push(
        causedEvent(
          execution.row,
          { step: Math.max(0, execution.after.steps.length - 1), name: 'complete-label' },
          { eventType: 'DOCUMENT_FAMILY_UPDATED', documentFamilyId: familyId, data: { addedLabel: label } },
        ),
      );
    }
  }
  await announceFamilies(tx, labelled, now);
  return events;
}
