import type { Fact } from '@gantry/domain/fact';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { type LoadedExecution, loadStates } from './load-states.ts';

/**
 * Loads the executions that facts are of, locked for their fold, after the document families that these may label, have
 * emitted events about or have written content for: the order in which ingestion locks too. Most speak of none, and are loaded
 * without asking for families first.
 */
export async function loadExecutions(tx: Tx, facts: readonly Fact[]): Promise<Map<string, LoadedExecution>> {
  const ids = [...new Set(facts.map(({ executionId }) => executionId))].sort();
  if (!facts.some(speaksOfFamily)) {
    // A label is there from the beginning, so that nothing comes between this look and its locks.
    const unlabelled = sql<boolean>`not exists (
      select from executions where id = any(${ids}) and complete_label is not null)`;
    const loaded = await loadStates(tx, ids, unlabelled);
    if (loaded.size > 0) return loaded;
  }
  await lockFamilies(tx, facts, ids);
  return loadStates(tx, ids);
}

interface Family {
  organization_id: string;
  id: string;
}

async function lockFamilies(tx: Tx, facts: readonly Fact[], ids: readonly string[]): Promise<void> {
  const families = await familiesSpokenOf(tx, facts, ids);
  if (families.length === 0) return;
  await sql`
    select from document_families where (organization_id, id) in (
      select * from jsonb_to_recordset(${JSON.stringify(families)}::jsonb) as spoken(organization_id uuid, id text)
    ) order by organization_id, id for update`.execute(tx);
}

async function familiesSpokenOf(tx: Tx, facts: readonly Fact[], ids: readonly string[]): Promise<Family[]> {
  const emitted = Map.groupBy(
    facts.flatMap((fact) =>
      fact.kind === 'step-finished'
        ? fact.emitted.map(({ documentFamilyId: id }) => ({ executionId: fact.executionId, id }))
        : [],
    ),
    ({ executionId }) => executionId,
  );
  const speaking = facts.filter(speaksOfFamily).map(({ executionId }) => executionId);
  const { rows } = await prepared<Pick<LoadedExecution['row'], 'id' | 'organization_id' | 'document_family_id'>>`
    select id, organization_id, document_family_id from executions
    where id = any(${ids}) and (complete_label is not null or id = any(${speaking}))`.execute(tx);
  return rows.flatMap(({ id: executionId, organization_id, document_family_id: own }) =>
    [own, ...(emitted.get(executionId) ?? []).map(({ id }) => id)].flatMap((id) =>
      typeof id === 'string' ? [{ organization_id, id }] : [],
    ),
  );
}

/** Whether it says that its step wrote content, changed labels or emitted events. */
function speaksOfFamily(fact: Fact): boolean {
  if (fact.kind !== 'step-finished') return false;
  return fact.emitted.length > 0 || Boolean(fact.written?.length || fact.labels?.length);
}
