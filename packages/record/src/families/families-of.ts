import type { Tx } from '../connection/database.ts';
import type { FamilyRow } from '../events/upsert-families.ts';
import { familyKey } from '../events/upsert-families.ts';
import type { Row } from '../schema/tables.ts';

type Speaking = Pick<Row<'executions'>, 'organization_id' | 'document_family_id'>;

/** @returns what finds the document family an execution is about, after one query for all of them */
export async function familiesOf(
  tx: Tx,
  executions: readonly Speaking[],
): Promise<(execution: Speaking) => FamilyRow | undefined> {
  const ids = [...new Set(executions.flatMap((execution) => execution.document_family_id ?? []))];
  if (ids.length === 0) return () => undefined;
  const rows = await tx
    .selectFrom('document_families')
    .selectAll()
    .where('organization_id', 'in', [...new Set(executions.map((execution) => execution.organization_id))])
    .where('id', 'in', ids)
    .execute();
  const byKey = new Map(rows.map((row) => [familyKey(row.organization_id, row.id), row]));
  return ({ organization_id, document_family_id }) => byKey.get(familyKey(organization_id, document_family_id ?? ''));
}
