import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { FoldedExecution } from './save-states.ts';

/** What the first planning froze of published modules stays, so that a later one does not take what was published since. */
export async function saveModuleVersions(tx: Tx, folded: readonly FoldedExecution[]): Promise<void> {
  const frozen = folded.flatMap(({ row, facts }) => {
    const planned = facts.find((fact) => fact.kind === 'planned');
    return planned?.versions === undefined ? [] : [{ id: row.id, versions: planned.versions }];
  });
  if (frozen.length === 0) return;
  await sql`
    update executions set module_versions = frozen.versions
    from jsonb_to_recordset(${JSON.stringify(frozen)}::jsonb) as frozen(id uuid, versions jsonb)
    where executions.id = frozen.id and executions.module_versions is null`.execute(tx);
}
