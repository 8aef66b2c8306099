import type { FilterNode, FilterTest } from '@gantry/domain/filter/filter-node';
import type { RawBuilder } from 'kysely';

/** Numbers that are kept of a table: how many of its rows pass a filter is read from them, not row by row. */
export interface RollUp {
  /** Read under the name of the table, with its columns as far as they are counted by, and `count`. */
  from: RawBuilder<unknown>;
  /** Whether rows that are counted together pass this test alike. */
  tells: (test: FilterTest) => boolean;
}

/** Whether numbers say exactly how many rows pass a filter. */
export function tellsOf({ tells }: RollUp, filter: FilterNode | undefined): boolean {
  return filter === undefined || testsOf(filter).every(tells);
}

function testsOf(node: FilterNode): readonly FilterTest[] {
  switch (node.kind) {
    case 'not':
      return testsOf(node.term);
    case 'and':
    case 'or':
      return node.terms.flatMap(testsOf);
    default:
      return [node];
  }
}
