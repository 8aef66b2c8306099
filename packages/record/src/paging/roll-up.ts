import type { FilterNode, FilterTest } from '@gantry/domain/filter/filter-node';
import type { RawBuilder } from 'kysely';

/** Numbers that are kept of a table: how many of its rows pass a filter is read from them, not row by row. */
export interface RollUp {
  /** Undefined for a filter of which these numbers do not say exactly how many rows pass it. */
  told: (filter: FilterNode | undefined) => Told | undefined;
}

export interface Told {
  /** Read under the name of the table, with its columns as far as they are counted by, and `count`. */
  from: RawBuilder<unknown>;
  /** What these have still to pass. */
  filter: FilterNode | undefined;
}

/** The first numbers that tell how many rows pass a filter. */
export function toldBy(rollUps: readonly RollUp[], filter: FilterNode | undefined): Told | undefined {
  for (const { told } of rollUps) {
    const answer = told(filter);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

export function everyTest(filter: FilterNode | undefined, tells: (test: FilterTest) => boolean): boolean {
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
