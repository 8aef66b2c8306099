import type { LabelChange } from '@gantry/domain/fact';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { type CausedEvent, causedEvent } from './caused-events.ts';
import type { FoldedExecution } from './save-states.ts';

/**
 * Changes the labels of document families, which are locked, as the steps said that these facts have ended.
 * @returns an event for each label that was not as it was to be
 */
export async function labelFamilies(tx: Tx, changed: readonly FoldedExecution[], now: Date): Promise<CausedEvent[]> {
  const events: CausedEvent[] = [];
  for (const { row, step, change } of changed.flatMap(labelChanges)) {
    const { document_family_id: familyId, organization_id: organizationId } = row;
    const { label, labelled } = change;
    const after = labelled ? sql`array_append(labels, ${label})` : sql`array_remove(labels, ${label})`;
    const { rows } = await sql`
      update document_families set labels = ${after}, updated_at = ${now}, change_sequence = change_sequence + 1
      where organization_id = ${organizationId} and id = ${familyId} and (${label} = any(labels)) <> ${labelled}
      returning id`.execute(tx);
    if (rows.length === 0) continue;
    events.push(
      causedEvent(
        row,
        { step, name: `${step}:${labelled ? 'label' : 'unlabel'}:${label}` },
        {
          eventType: 'DOCUMENT_FAMILY_UPDATED',
          documentFamilyId: familyId,
          data: labelled ? { addedLabel: label } : { removedLabel: label },
        },
      ),
    );
  }
  return events;
}

function labelChanges({ row, state, after }: FoldedExecution) {
  if (row.document_family_id === null) return [];
  return after.steps.flatMap((step, ordinal) =>
    step === state.steps[ordinal] || step.status !== 'SUCCEEDED'
      ? []
      : step.labels.map((change: LabelChange) => ({ row, step: ordinal, change })),
  );
}
