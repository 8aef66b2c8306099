import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import { type Actor, audit, givenFields } from '../audit/audit.ts';
import { type ChangeOutcome, changeOutcome } from '../changes/change-outcome.ts';
import { type Database, jsonb } from '../connection/database.ts';
import type { Row } from '../schema/tables.ts';
import { findModule } from './find-module.ts';
import { NOT_WITHDRAWN } from './latest-version.ts';

export interface ModuleChange {
  organizationId: string;
  id: string;
  /** The change sequence that was read; null: no check. */
  changeSequence: number | null;
  /** What is undefined stays. */
  values: {
    version?: string | undefined;
    name?: string | undefined;
    description?: string | null | undefined;
    moduleType?: string | undefined;
    metadata?: ModuleMetadata | undefined;
    active?: boolean | undefined;
  };
}

/** Changes a module of the organization itself: those that ship with Gantry are nobody's to change. */
export function updateModule(
  db: Database,
  { organizationId, id, changeSequence, values }: ModuleChange,
  actor?: Actor,
): Promise<ChangeOutcome<Row<'modules'>>> {
  const { moduleType, metadata, active, ...columns } = values;
  // What is said of it anew is no version that was withdrawn.
  const back = metadata && NOT_WITHDRAWN;
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('modules')
      .set({
        ...columns,
        ...back,
        active: active ?? back?.active,
        module_type: moduleType,
        metadata: metadata && jsonb(metadata),
        change_sequence: sql`change_sequence + 1`,
        updated_at: sql`now()`,
      })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .$if(changeSequence !== null, (query) => query.where('change_sequence', '=', changeSequence))
      .returningAll()
      .executeTakeFirst();
    if (changed) {
      const details = { ref: `${changed.org_slug}/${changed.slug}`, fields: givenFields(values) };
      await audit(tx, actor, { action: 'update', resource: 'module', id, details });
    }
    return changeOutcome(changed, () => findModule(tx, { organizationId, id }));
  });
}
