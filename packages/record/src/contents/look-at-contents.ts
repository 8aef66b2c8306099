import { sql } from 'kysely';
import { type Database, jsonb, type Tx } from '../connection/database.ts';
import { transaction } from '../connection/transaction.ts';

/** What lies in the content store, with its size in bytes. */
export interface LyingContent {
  ref: string;
  organizationId: string;
  size: number;
  writtenAt: Date;
}

interface Look {
  /** Of the content store, from behind a ref on; nothing is the end. */
  list: (after: string | null) => Promise<LyingContent[]>;
  /** What nothing has referred to for so long goes: a step may write a content days before it tells of it. */
  graceMs: number;
  /** From the end of one look through the whole store to the next. */
  everyMs: number;
}

const LIST_LIMIT_MS = 60_000;
const STALE_GRACES = 4;
/** The files of a module version that was withdrawn: executions that have frozen it may still need them. */
const KEPT_AFTER_WITHDRAWAL_DAYS = 90;

/**
 * Looks at the next page of the content store, and discards what nothing in the record refers to any more. At the end
 * each organization's usage is what was counted. Safe to run twice; at the same time, one of them does nothing.
 * @returns how many contents were looked at and discarded; undefined when no look is due
 */
export async function lookAtContents(
  db: Database,
  { list, graceMs, everyMs }: Look,
): Promise<{ looked: number; discarded: number } | undefined> {
  const { result } = await transaction(db, async (tx) => {
    // A content store may take its time, and this row is nobody else's concern.
    await sql`set local idle_in_transaction_session_timeout = ${sql.lit(LIST_LIMIT_MS)}`.execute(tx);
    const look = await tx
      .selectFrom('content_look')
      .selectAll()
      .where('due_at', '<=', sql<Date>`now()`)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (look === undefined) return undefined;
    const lying = await list(look.after_ref);
    const last = lying.at(-1);
    if (last === undefined) {
      await endLook(tx, look.counted, { graceMs, everyMs });
      return { looked: 0, discarded: 0 };
    }
    const counted = { ...look.counted };
    for (const { organizationId, size } of lying) counted[organizationId] = (counted[organizationId] ?? 0) + size;
    await tx
      .updateTable('content_look')
      .set({ after_ref: last.ref, counted: jsonb(counted) })
      .execute();
    const own = await ownOrganizations(tx, Object.keys(counted));
    const known = lying.filter(({ organizationId, writtenAt }) => own.has(organizationId) && writtenAt > look.since);
    const refs = known.map(({ ref }) => ref);
    return { looked: lying.length, discarded: await discardUnreferenced(tx, refs, graceMs) };
  });
  return result;
}

/** What belongs to others is in a store that several Gantries share. */
async function ownOrganizations(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from organizations where id::text = any(${ids})`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** One is noticed first, and goes when it is still unreferenced after a while. */
async function discardUnreferenced(tx: Tx, refs: readonly string[], graceMs: number): Promise<number> {
  if (refs.length === 0) return 0;
  const { rows: discarded } = await sql`
    with lying as (
      select lying.ref,
        exists (select from execution_steps where output_ref = lying.ref)
        or exists (select from step_contents where step_contents.ref = lying.ref)
        or exists (select from module_versions where content_ref = lying.ref
          and (withdrawn_at is null or withdrawn_at > now() - interval '1 day' * ${KEPT_AFTER_WITHDRAWAL_DAYS}))
        or exists (select from document_families where jsonb_path_query_array(content_objects, '$[*].contentRef') ? lying.ref)
        as referenced
      from unnest(${refs}::text[]) as lying(ref)
    ), noticed as (
      insert into unreferenced_contents (ref) select ref from lying where not referenced on conflict do nothing
    ), gone as (
      delete from unreferenced_contents as noted using lying
      where noted.ref = lying.ref and (referenced or noticed_at <= now() - ${graceMs} * interval '1 millisecond')
      returning noted.ref, referenced
    )
    insert into discarded_contents (ref) select ref from gone where not referenced
    on conflict do nothing returning ref`.execute(tx);
  return discarded.length;
}

async function endLook(
  tx: Tx,
  counted: Readonly<Record<string, number>>,
  { graceMs, everyMs }: Pick<Look, 'graceMs' | 'everyMs'>,
): Promise<void> {
  await sql`
    insert into content_usage (organization_id, bytes)
    select id, coalesce((${JSON.stringify(counted)}::jsonb ->> id::text)::bigint, 0) from organizations
    on conflict (organization_id) do update set bytes = excluded.bytes`.execute(tx);
  // Noticed, and no longer lying there: it was deleted otherwise.
  await sql`
    delete from unreferenced_contents
    where noticed_at <= now() - ${STALE_GRACES * graceMs} * interval '1 millisecond'`.execute(tx);
  await sql`
    update content_look set after_ref = null, counted = '{}', due_at = now() + ${everyMs} * interval '1 millisecond'`.execute(
    tx,
  );
}
