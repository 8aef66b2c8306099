import type { IncomingEvent } from '@gantry/contracts/incoming-event';
import type { Fact } from '@gantry/domain/fact';
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { causedEvent } from './caused-events.ts';
import type { FoldedExecution } from './save-states.ts';

interface Family {
  organization_id: string;
  id: string;
}

/**
 * Locks the document families that these executions may label or have emitted events about, in sorted order and before
 * the executions themselves: the order in which ingestion locks too.
 */
export async function lockFamilies(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const ids = [...new Set(facts.map(({ executionId }) => executionId))];
  const emitted = facts.flatMap((fact) =>
    fact.kind === 'step-finished'
      ? fact.emitted.map(({ documentFamilyId }) => ({ execution_id: fact.executionId, family_id: documentFamilyId }))
      : [],
  );
  await sql`
    select from document_families where (organization_id, id) in (
      select organization_id, document_family_id from executions
      where id = any(${ids}) and complete_label is not null and document_family_id is not null
      union
      select organization_id, coalesce(family_id, document_family_id) from executions
      join jsonb_to_recordset(${JSON.stringify(emitted)}::jsonb) as emitted(execution_id uuid, family_id text)
        on execution_id = executions.id
    ) order by organization_id, id for update`.execute(tx);
}

/**
 * Labels the families of succeeded executions with their complete label.
 * @returns an event for each family that did not have the label yet
 */
export async function completeFamilies(
  tx: Tx,
  succeeded: readonly FoldedExecution[],
  now: Date,
): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  for (const execution of succeeded) {
    const { complete_label: label, document_family_id: familyId, organization_id: organizationId } = execution.row;
    if (label === null || familyId === null) continue;
    const { rows } = await sql<Family>`
      update document_families set labels = array_append(labels, ${label}), updated_at = ${now},
        change_sequence = change_sequence + 1
      where organization_id = ${organizationId} and id = ${familyId} and not (${label} = any(labels))
      returning organization_id, id`.execute(tx);
    if (rows.length > 0) {
      events.push(
        causedEvent(execution.row, 'complete-label', {
          eventType: 'DOCUMENT_FAMILY_UPDATED',
          documentFamilyId: familyId,
          data: { addedLabel: label },
        }),
      );
    }
  }
  return events;
}
