import { freshDatabase } from '@gantry/testkit/fresh-database';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from '../connection/database.ts';
import { migrate } from './migrate.ts';

test('the migrations come to the schema that schema.txt shows; rewrite it with `vitest --update`', async () => {
  const { url, drop } = await freshDatabase();
  const db = openDatabase({ url, poolSize: 1, name: 'schema-dump', onIdleError: () => undefined });
  try {
    await migrate(db);
    const { rows } = await sql<{ line: string }>`
      select line from (
        select relation.relname || ' ' || attribute.attname || ' ' || format_type(atttypid, atttypmod)
          || case when attnotnull then ' not null' else '' end
          || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') as line
        from pg_attribute as attribute
        join pg_class as relation on relation.oid = attrelid and relkind in ('r', 'p', 'v') and relnamespace = 'public'::regnamespace
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attnum > 0 and not attisdropped
        union all
        select indexdef from pg_indexes where schemaname = 'public'
        union all
        select conrelid::regclass || ' constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace and contype <> 'n'
        union all
        select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        union all
        select 'function ' || oid::regprocedure || ' ' || md5(prosrc) from pg_proc
        where pronamespace = 'public'::regnamespace and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
      ) as lines order by line collate "C"`.execute(db);
    await expect(`${rows.map(({ line }) => line).join('\n')}\n`).toMatchFileSnapshot('schema.txt');
  } finally {
    await db.destroy();
    await drop();
  }
});
