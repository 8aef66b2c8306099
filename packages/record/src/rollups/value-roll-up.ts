import type { FilterTest } from '@gantry/domain/filter/filter-node';
import { refSpellings } from '@gantry/domain/module-ref';
import { type RawBuilder, sql } from 'kysely';
import type { RollUp } from '../paging/roll-up.ts';
import { COUNTS } from './count-executions.ts';

/** Texts that many executions may have in common. The record's `counted_values` names the same. */
const TEXTS = ['context.eventType', 'context.storeId'];
const REF = 'pipeline.ref';
/** Executions whose steps spell a ref without `module://` and with it, too. */
const REF_IN_BOTH_SPELLINGS = 'pipeline.ref in both spellings';
/** Longer ones are not counted. */
const MAX_CHARACTERS = 64;

/** Numbers kept of a value tell how many executions have it, and how many do not. */
export const VALUE_ROLL_UP: RollUp = {
  told: (filter) => {
    if (filter?.kind === 'one-of') return told(having(filter));
    if (filter?.kind !== 'not' || filter.term.kind !== 'one-of') return undefined;
    const without = having(filter.term);
    return told(
      without &&
        sql`select organization_id, count from ${COUNTS} union all select organization_id, -count from (${without}) as passing`,
    );
  },
};

function told(counts: RawBuilder<unknown> | undefined) {
  return counts && { from: sql`(${counts}) as executions`, filter: undefined };
}

/** The numbers of the executions that pass. */
function having({ field: { name, keys }, ...test }: FilterTest): RawBuilder<unknown> | undefined {
  if (test.kind !== 'one-of' || !test.values.every((value) => typeof value === 'string')) return undefined;
  if (name === 'pipeline.ref' || name === 'steps.ref') return havingRef(test.values);
  const field = [name, ...keys].join('.');
  const values = [...new Set(test.values)];
  return TEXTS.includes(field) && keys.length === 1 && areShort(values) ? counted(field, values) : undefined;
}

/** What has a ref in both spellings is counted for each, and once more by itself. */
function havingRef(refs: readonly string[]): RawBuilder<unknown> | undefined {
  const [bare, another] = new Set(refs.map((ref) => refSpellings(ref)[0]));
  // An execution may have several refs, and would count for each.
  if (bare === undefined || another !== undefined) return undefined;
  const spellings = refSpellings(bare);
  if (!areShort(spellings)) return undefined;
  return sql`
    ${counted(REF, spellings)}
    union all select organization_id, -count from (${counted(REF_IN_BOTH_SPELLINGS, [bare])}) as twice`;
}

function areShort(values: readonly string[]): boolean {
  return values.every((value) => value.length <= MAX_CHARACTERS);
}

function counted(field: string, values: readonly string[]): RawBuilder<unknown> {
  return sql`
    select organization_id, count
    from (select * from execution_value_counts union all select * from execution_value_count_deltas) as counts
    where field = ${field} and value = any(${values}::text[])`;
}
