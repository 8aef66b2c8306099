import type { Paused } from '@gantry/contracts/paused-work';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import type { Row } from '../schema/tables.ts';

/** What is held: `target` is a runtime's `org/slug`, an assistant's id, or empty. */
export type Held = Pick<Row<'pauses'>, 'kind' | 'target'>;

/** Holds it, or gives another reason for what is held already. @returns whether it is there */
export async function pause(
  db: Database,
  held: Held,
  { reason, actor, now }: { reason: string | null; actor: Actor; now: Date },
): Promise<boolean> {
  const { result } = await retryTransaction(db, async (tx) => {
    if (!(await markAssistant(tx, held, actor, true))) return false;
    await tx
      .insertInto('pauses')
      .values({
        kind: held.kind,
        target: held.target,
        organization_id: held.kind === 'assistant' ? actor.organizationId : null,
        reason,
        paused_by: actor.keyName,
        paused_at: now,
      })
      .onConflict((conflict) => conflict.columns(['kind', 'target']).doUpdateSet({ reason, paused_by: actor.keyName }))
      .execute();
    await audit(tx, actor, { action: 'pause', resource: resourceOf(held), id: held.target, details: { reason } });
    return true;
  });
  return result;
}

/** @returns whether it is there; what was not held stays as it is */
export async function resume(db: Database, held: Held, actor: Actor): Promise<boolean> {
  const { result } = await retryTransaction(db, async (tx) => {
    if (!(await markAssistant(tx, held, actor, false))) return false;
    const { numDeletedRows } = await tx
      .deleteFrom('pauses')
      .where('kind', '=', held.kind)
      .where('target', '=', held.target)
      .executeTakeFirstOrThrow();
    if (numDeletedRows > 0) await audit(tx, actor, { action: 'resume', resource: resourceOf(held), id: held.target });
    return true;
  });
  return result;
}

/** All that is held of the system and of an organization, the oldest first. */
export async function listPauses(db: Database, organizationId: string): Promise<Row<'pauses'>[]> {
  const { rows } = await sql<Row<'pauses'>>`
    select * from pauses where organization_id is null or organization_id = ${organizationId}
    order by paused_at, kind, target`.execute(db);
  return rows;
}

/** All that is held, whoever's it is. */
export async function readHeld(db: Database): Promise<Held[]> {
  return db.selectFrom('pauses').select(['kind', 'target']).orderBy('kind').orderBy('target').execute();
}

/** What workers have to know of it. */
export function pausedIn(held: readonly Held[]): Paused {
  return {
    everything: held.some(({ kind }) => kind === 'everything'),
    runtimes: held.flatMap(({ kind, target }) => (kind === 'runtime' ? [target] : [])),
  };
}

/** Those of the executions that belong to a paused assistant. */
export async function heldAmong(db: Database, executionIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select executions.id from executions join assistants on assistants.id = assistant_id and assistants.paused
    where executions.id = any(${executionIds})`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

async function markAssistant(tx: Tx, { kind, target }: Held, actor: Actor, paused: boolean): Promise<boolean> {
  if (kind !== 'assistant') return true;
  const { numUpdatedRows } = await tx
    .updateTable('assistants')
    .set({ paused })
    .where('organization_id', '=', actor.organizationId)
    .where('id', '=', target)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0;
}

function resourceOf({ kind }: Held): 'system' | 'runtime' | 'assistant' {
  return kind === 'everything' ? 'system' : kind;
}
