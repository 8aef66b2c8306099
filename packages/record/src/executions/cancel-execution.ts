import type { Committed } from '@gantry/contracts/after-commit';
import {
  type ExecutionStatus,
  IN_REDIS_STATUSES,
  isFinished,
  statusFromValue,
  statusValue,
  statusValues,
} from '@gantry/domain/status';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import type { Database, Tx } from '../connection/database.ts';
import { retryTransaction } from '../connection/retry-transaction.ts';
import { settleReplacements } from '../reprocess/settle-replacements.ts';
import { announceEnded } from '../webhooks/announced-executions.ts';
import { heeding } from './command-sql.ts';

const IN_REDIS = statusValues(IN_REDIS_STATUSES);

export type CancelResult =
  /** A second cancel applies the brake again. */
  { outcome: 'cancelling' } | { outcome: 'finished'; status: ExecutionStatus } | { outcome: 'not-found' };

/** Cancels an execution and all its unfinished descendants: CANCELLING, or CANCELLED where nothing of it was admitted. */
export function cancelExecution(
  db: Database,
  {
    organizationId,
    executionId,
    now,
    actor,
  }: { organizationId: string; executionId: string; now: Date; actor?: Actor },
): Promise<Committed<CancelResult>> {
  return retryTransaction(db, async (tx) => {
    const before = await cancelWithin(tx, { organizationId, executionIds: [executionId], now });
    const status = before.get(executionId);
    if (status === undefined) return { outcome: 'not-found' };
    if (isFinished(status)) return { outcome: 'finished', status };
    await audit(tx, actor, { action: 'cancel', resource: 'execution', id: executionId });
    return { outcome: 'cancelling' };
  });
}

/**
 * The same for several at once, inside a transaction that is under way.
 * @returns the statuses that those of the executions which are there had; finished ones are left as they are
 */
export async function cancelWithin(
  tx: Tx,
  { organizationId, executionIds, now }: { organizationId: string; executionIds: readonly string[]; now: Date },
): Promise<Map<string, ExecutionStatus>> {
  const members = await lockDescendants(tx, organizationId, executionIds);
  const byId = new Map(members.map((member) => [member.id, member]));
  const roots = executionIds.flatMap((id) => byId.get(id) ?? []);
  const ids = familyOf(
    roots.filter(({ status }) => !isFinished(statusFromValue(status))),
    members,
  );
  const { rows: cancelling } = await sql<ChangedRow>`
    update executions set status = ${statusValue('CANCELLING')}, dedup_key = null, stop_reason = null, updated_at = ${now},
      change_sequence = change_sequence + 1
    where id = any(${ids}) and status = any(${heeding('cancel', 'CANCELLING')})
    returning ${changedColumns()}`.execute(tx);
  const { rows: ended } = await sql<ChangedRow>`
    update executions set status = ${statusValue('CANCELLED')}, dedup_key = null, finished_at = ${now}, updated_at = ${now},
      change_sequence = change_sequence + 1
    where id = any(${ids}) and status = any(${heeding('cancel', 'CANCELLED')})
    returning ${changedColumns()}`.execute(tx);
  noteChanges(tx, 'status', [...cancelling, ...ended]);
  await settleReplacements(
    tx,
    ended.map(({ id }) => id),
    now,
  );
  await announceEnded(tx, ended, now);
  for (const { id, status, epoch } of ids.flatMap((member) => byId.get(member) ?? [])) {
    if (IN_REDIS.includes(status)) tx.after.brake.push({ executionId: id, epoch });
  }
  return new Map(roots.map(({ id, status }) => [id, statusFromValue(status)]));
}

interface Member {
  id: string;
  parent_execution_id: string | null;
  status: number;
  epoch: number;
}

/**
 * The executions and everything they caused, locked in sorted order. Whoever inserts a child holds its parent until the
 * commit, so a child that we did not see yet is there once we have got the lock: looks again until nothing is new.
 */
async function lockDescendants(tx: Tx, organizationId: string, ids: readonly string[]): Promise<Member[]> {
  for (let known = 0; ; ) {
    const { rows } = await sql<Member>`
      with recursive family(id) as (
        select id from executions where id = any(${ids}) and organization_id = ${organizationId}
        union
        select child.id from executions as child join family on child.parent_execution_id = family.id
      )
      select id, parent_execution_id, status, epoch from executions
      where id in (select id from family) order by id for no key update`.execute(tx);
    if (rows.length === known) return rows;
    known = rows.length;
  }
}

/** The roots and their descendants among the members. */
function familyOf(roots: readonly Member[], members: readonly Member[]): string[] {
  const children = Map.groupBy(members, (member) => member.parent_execution_id);
  const family = new Set(roots.map(({ id }) => id));
  // A set is walked through to the items added meanwhile.
  for (const id of family) for (const child of children.get(id) ?? []) family.add(child.id);
  return [...family];
}
