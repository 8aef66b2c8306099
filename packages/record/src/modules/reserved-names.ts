import { type RawBuilder, sql } from 'kysely';
import type { Database, Tx } from '../connection/database.ts';

/** Slugs of the organizations that may use a module or a module runtime, by `org/slug`, or by `org` for all of its names. */
export type ReservedNames = Readonly<Record<string, readonly string[]>>;

/** Puts these in place of the reservations there are. */
export async function reserveNames(db: Database, reserved: ReservedNames): Promise<void> {
  const rows = Object.entries(reserved).map(([name, organizations]) => ({ name, organizations }));
  await db.transaction().execute(async (tx) => {
    await sql`delete from reserved_names where name <> all(${Object.keys(reserved)}::text[])`.execute(tx);
    await sql`
      insert into reserved_names (name, organizations)
      select name, organizations from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(name text, organizations text[])
      on conflict (name) do update set organizations = excluded.organizations`.execute(tx);
  });
}

/**
 * Whether an organization may use a name; `org/slug` counts before `org`.
 * @param name SQL of an `org/slug`
 * @param organization SQL of a slug
 */
export function mayUse(name: RawBuilder<string>, organization: RawBuilder<string>): RawBuilder<boolean> {
  return sql`coalesce((
    select ${organization} = any(organizations) from reserved_names
    where reserved_names.name in (${name}, split_part(${name}, '/', 1)) order by length(reserved_names.name) desc limit 1
  ), true)`;
}

/** @returns the first of the names (`org/slug`) that is reserved for others */
export async function reservedName(
  db: Database | Tx,
  organizationId: string,
  names: readonly string[],
): Promise<string | undefined> {
  const allowed = mayUse(sql.ref('wanted.name'), sql.ref('organizations.slug'));
  const { rows } = await sql<{ name: string }>`
    select wanted.name from unnest(${names}::text[]) with ordinality as wanted(name, place)
    join organizations on organizations.id = ${organizationId}
    where not ${allowed} order by place limit 1`.execute(db);
  return rows[0]?.name;
}
