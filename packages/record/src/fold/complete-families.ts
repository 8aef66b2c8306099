import type { Fact } from '@gantry/domain/fact';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { announceFamilies } from '../webhooks/announced-families.ts';
import { type CausedEvent, causedEvent } from './caused-events.ts';
import type { LoadedExecution } from './load-states.ts';
import type { FoldedExecution } from './save-states.ts';

interface Family {
  organization_id: string;
  id: string;
}

/**
 * Locks the document families that these executions may label, have emitted events about or have written content for, in
 * sorted order and before the executions themselves: the order in which ingestion locks too.
 */
export async function lockFamilies(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const families = await familiesSpokenOf(tx, facts);
  if (families.length === 0) return;
  await sql`
    select from document_families where (organization_id, id) in (
      select * from jsonb_to_recordset(${JSON.stringify(families)}::jsonb) as spoken(organization_id uuid, id text)
    ) order by organization_id, id for update`.execute(tx);
}

async function familiesSpokenOf(tx: Tx, facts: readonly Fact[]): Promise<Family[]> {
  const ids = [...new Set(facts.map(({ executionId }) => executionId))];
  const emitted = Map.groupBy(
    facts.flatMap((fact) =>
      fact.kind === 'step-finished'
        ? fact.emitted.map(({ documentFamilyId: id }) => ({ executionId: fact.executionId, id }))
        : [],
    ),
    ({ executionId }) => executionId,
  );
  const touched = facts.flatMap((fact) => (changesFamily(fact) ? fact.executionId : []));
  const { rows } = await prepared<Pick<LoadedExecution['row'], 'id' | 'organization_id' | 'document_family_id'>>`
    select id, organization_id, document_family_id from executions
    where id = any(${ids}) and (complete_label is not null or id = any(${[...emitted.keys(), ...touched]}))`.execute(
    tx,
  );
  return rows.flatMap(({ id: executionId, organization_id, document_family_id: own }) =>
    [own, ...(emitted.get(executionId) ?? []).map(({ id }) => id)].flatMap((id) =>
      typeof id === 'string' ? [{ organization_id, id }] : [],
    ),
  );
}

/** Whether it says that its step wrote content, or changed labels. */
function changesFamily(fact: Fact): boolean {
  return fact.kind === 'step-finished' && Boolean(fact.written?.length || fact.labels?.length);
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
