import type { FilterTest } from '@gantry/domain/filter/filter-node';
import { type RawBuilder, sql } from 'kysely';
import type { RollUp } from '../paging/roll-up.ts';
import { COUNTS } from './count-executions.ts';

/** Texts that many executions may have in common. The record's `counted_values` names the same. */
const FIELDS = ['context.eventType', 'context.storeId', 'pipeline.ref'];
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
  const field = name === 'steps.ref' ? 'pipeline.ref' : [name, ...keys].join('.');
  if (!FIELDS.includes(field) || keys.length > 1 || test.kind !== 'one-of') return undefined;
  const values = [...new Set(test.values)];
  // An execution may have several refs, and would count for each.
  if (values.length > 1 && name !== 'context') return undefined;
  if (!values.every((value) => typeof value === 'string' && value.length <= MAX_CHARACTERS)) return undefined;
  return sql`
    select organization_id, count
    from (select * from execution_value_counts union all select * from execution_value_count_deltas) as counts
    where field = ${field} and value = any(${values}::text[])`;
}
