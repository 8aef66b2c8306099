import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Database, withoutHurry } from '../connection/database.ts';

/** The organization that nine tenths of all rows belong to, an api's first one; another one has the rest. */
export const LARGE_ORGANIZATION = '01980000-0000-7000-8000-000000000001';

/**
 * Fills an empty record with executions of two steps each and half as many document families, one a second, as a
 * function of their numbers, and gathers statistics, which plans depend on. The newest thousandth is unfinished. `v7(n)`
 * is the id of execution and of family n, `nth('a', n)` of an assistant (100) and `nth('9', n)` of a project (20).
 */
export async function fillRecord(db: Database, executions: number): Promise<void> {
  await withoutHurry(db, async () => {
    await db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      // Most of what they refer to is there, and nobody need check it.
      await sql`set local session_replication_role = replica`.execute(tx);
      for (const statement of STATEMENTS) await sql.raw(statement.replaceAll(':count', String(executions))).execute(tx);
    });
    await db.connection().execute(async (connection) => {
      await sql`set statement_timeout = 0`.execute(connection);
      // The first one notes that the rows are committed; only the next marks the pages that everybody sees all of.
      await sql`vacuum`.execute(connection);
      await sql`vacuum analyze`.execute(connection);
      await sql`reset statement_timeout`.execute(connection);
    });
  });
}

const STATEMENTS = [
  `create function v7(n int) returns uuid language sql immutable as $$
    select (lpad(to_hex(1735689600000 + n * 1000::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
      || '8' || substr(md5(n::text), 4, 15))::uuid $$`,
  `create function nth(kind text, n int) returns uuid language sql immutable as $$
    select ('01980000-0000-7000-' || kind || '000-' || lpad(n::text, 12, '0'))::uuid $$`,
  `create function organization(n int) returns uuid language sql immutable as $$
    select nth('8', case when n % 10 = 0 then 2 else 1 end) $$`,

  `insert into organizations (id, slug, name) select nth('8', n), (array['local', 'other'])[n], 'Organization' from generate_series(1, 2) as n`,
  `insert into projects (id, organization_id, name, slug)
    select nth('9', n), organization(n), 'Project', 'p' || n from generate_series(0, 19) as n`,
  `insert into assistants (id, organization_id, project_id, slug, name)
    select nth('a', n), organization(n), nth('9', n % 20), 'a' || n, 'Assistant' from generate_series(0, 99) as n`,

  // Every hundredth has an id that its producer gave.
  `insert into document_families
      (organization_id, id, project_id, store_id, path, labels, metadata, created_at, updated_at)
    select organization(n), case when n % 100 = 7 then 'letter-' || n else v7(n)::text end, nth('9', n % 20), 's' || n % 7,
      'in/' || n % 365 || '/' || substr(md5(n::text), 1, 12) || '.pdf', array['processed', 'customer-' || n % 3000],
      jsonb_build_object('number', 'INV-' || n, 'pages', n % 40), at, at + n % 900 * interval '1 s'
    from generate_series(1, :count / 2) as n, to_timestamp(1735689600 + n * 2) as at`,

  `insert into executions
      (id, organization_id, project_id, assistant_id, document_family_id, event_id, parent_execution_id, reprocess_of,
      duplicate_of, status, priority, description, context, parameters, pipeline, epoch, slices, change_sequence,
      created_at, updated_at, started_at, finished_at, processing_time_ms, failed_step)
    select v7(n), organization(n), nth('9', n % 20), nth('a', n % 100),
      case when n / 2 % 100 = 7 then 'letter-' || n / 2 else v7(n / 2)::text end, v7(n + 100000000),
      case when n % 50 = 1 then v7(n - 1) end, case when n % 70 = 1 then v7(n - 1) end, case when n % 90 = 1 then v7(n - 1) end,
      status, (array[5, 5, 5, 5, 6, 7, 1, 4])[1 + n % 8],
      case when n % 100 = 1 then 'again for customer ' || n % 3000 || ', says ' || md5(n::text) end,
      jsonb_build_object('eventType', 'CONTENT_CREATED', 'documentFamilyId', v7(n / 2), 'contentObjectId', v7(n + 1),
        'storeId', 's' || n % 7, 'taxonomyRefs', '[]'::jsonb, 'customer', 'C' || n % 3000,
        'invoice', jsonb_build_object('number', 'INV-' || n, 'total', n % 9973)),
      case when n % 20 = 1 then jsonb_build_object('batch', n / 500) else '{}' end,
      jsonb_build_object('id', v7(n), 'steps', jsonb_build_array(
        jsonb_build_object('ref', 'gantry/noop', 'name', 'one', 'options', '{"a": 1}'::jsonb),
        jsonb_build_object('ref', 'acme/extract-' || n % 1000, 'name', 'two', 'options', '{"language": "en"}'::jsonb))),
      case when began then 1 else 0 end,
      case when began then '[{"runtime": "gantry/default", "firstStep": 0, "stepCount": 2, "attempt": 1, "seq": 3,
        "workerId": "w", "queuedAt": 1735689600000, "leasedAt": 1735689600000, "startedAt": 1735689600000,
        "finishedAt": 1735689600000}]'::jsonb else '[]' end,
      1 + n % 4, at, at + n % 900 * interval '1 s', case when began then at + n % 60 * interval '1 s' end,
      case when ended then at + n % 900 * interval '1 s' end, case when began and ended then n * 7919::bigint % 900000 end,
      case when status = 3 then 1 end
    from generate_series(1, :count) as n, to_timestamp(1735689600 + n) as at,
      lateral (select case
        when n > :count - :count / 1000 then (array[0, 1, 1, 4, 6])[1 + n % 5]
        when n % 25 = 1 then 3 when n % 101 = 1 then 5 when n % 203 = 1 then 7 when n % 1009 = 1 then 9
        when n % 2003 = 1 then 8 else 2
      end as status) as stands,
      lateral (select status not in (0, 4, 5) as began, status not in (0, 1, 4, 6) as ended) as does`,

  `insert into execution_counts
    select organization_id, hour_of(created_at), assistant_id, status, failure_group, count(*)
    from executions group by 1, 2, 3, 4, 5`,

  `insert into execution_value_counts
    select organization_id, field, value, count(*)
    from executions cross join lateral counted_values(context, pipeline) group by 1, 2, 3`,

  `insert into execution_steps (execution_id, ordinal, ref, name, status, attempt, started_at, finished_at)
    select id, step - 1, pipeline -> 'steps' -> (step - 1) ->> 'ref', 'step',
      case when status = 3 and step = 2 then 3 when status in (1, 6) then 1 else 2 end, 1, started_at, finished_at
    from executions, generate_series(1, 2) as step where epoch > 0 order by created_at, step`,
];

/** The id of execution or family n. */
export function nthId(n: number): string {
  const digest = createHash('md5').update(String(n)).digest('hex');
  const digits = `${(1_735_689_600_000 + n * 1_000).toString(16).padStart(12, '0')}7${digest.slice(0, 3)}8${digest.slice(3, 18)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
