import type { Committed } from '@gantry/contracts/after-commit';
import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { admissionIsOpen } from '../admission/admission-is-open.ts';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { findFamilyRow } from '../families/find-family.ts';
import type { Row } from '../schema/tables.ts';
import { replaceLast } from './replace-execution.ts';

export type ReprocessResult =
  /** One execution for each assistant, in the order asked for. */
  { outcome: 'created'; executionIds: string[] } | { outcome: 'not-found'; what: 'family' | 'assistant'; id: string };

interface Reprocess {
  organizationId: string;
  familyId: string;
  /** Empty: every assistant that processed the family before. */
  assistantIds: readonly string[];
  now: Date;
  actor?: Actor;
}

/**
 * Runs assistants on a document family again. What each of them did last becomes PENDING_REPROCESSING until the new
 * execution has finished; while that one is open, asking again gives the same one.
 */
export function reprocessFamily(db: Database, request: Reprocess): Promise<Committed<ReprocessResult>> {
  return retryTransaction(db, async (tx) => {
    const { organizationId, familyId } = request;
    const family = await findFamilyRow(tx, organizationId, familyId);
    if (family === undefined) return { outcome: 'not-found', what: 'family', id: familyId };
    const wanted = request.assistantIds.length > 0 ? request.assistantIds : await assistantsOf(tx, request);
    const assistants = await findAssistants(tx, organizationId, wanted);
    const missing = wanted.find((id) => !assistants.has(id));
    if (missing !== undefined) return { outcome: 'not-found', what: 'assistant', id: missing };

    const moment = { open: await admissionIsOpen(tx), now: request.now };
    // One order for everybody: two requests that name the same assistants wait for each other instead of deadlocking.
    const sorted = [...assistants.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const replaced = await replaceLast(
      tx,
      sorted.map((assistant) => ({ assistant, family })),
      moment,
    );
    const replacements = new Map(sorted.map(({ id }, index) => [id, replaced[index]]));
    const inOrder = [...assistants.keys()].flatMap((id) => replacements.get(id) ?? []);
    const executionIds = inOrder.map(({ executionId }) => executionId);
    const deed = { action: 'reprocess', resource: 'document-family', id: familyId, details: { executionIds } } as const;
    await audit(tx, request.actor, deed);
    tx.after.enqueue.push(...inOrder.flatMap(({ jobs }) => jobs));
    return { outcome: 'created', executionIds };
  });
}

async function assistantsOf(tx: Tx, { organizationId, familyId }: Reprocess): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select assistant_id as id from executions
    where organization_id = ${organizationId} and document_family_id = ${familyId} and assistant_id is not null
      and status <> ${statusValue('SKIPPED')}
    group by assistant_id order by min(created_at)`.execute(tx);
  return rows.map(({ id }) => id);
}

async function findAssistants(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, Row<'assistants'>>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('assistants')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    ids.flatMap((id) => {
      const row = byId.get(id);
      return row ? [[id, row]] : [];
    }),
  );
}
